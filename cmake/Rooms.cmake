# One object library per room (DESIGN section 3). A room sees include/, src/ and the libraries named
# for it, nothing else; tests/unit/layout checks that its includes point one way.
function(certmgr_room name)
  cmake_parse_arguments(ROOM "" "" "LINK" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp")
  if(NOT sources)
    return()
  endif()
  string(REPLACE "/" "_" target "certmgr_${name}")
  add_library(${target} OBJECT ${sources})
  target_include_directories(${target} PUBLIC "${PROJECT_SOURCE_DIR}/include" "${PROJECT_SOURCE_DIR}/src"
                                              "${PROJECT_BINARY_DIR}/generated")
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  target_link_libraries(${target} PRIVATE certmgr_warnings PUBLIC tl::expected ${ROOM_LINK})
  set_property(GLOBAL APPEND PROPERTY CERTMGR_ROOMS ${target})
endfunction()
