# Warnings are errors for our own code only; headers of libraries come in as SYSTEM.
add_library(certmgr_warnings INTERFACE)
target_compile_options(certmgr_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC bug 105651: "literal" + std::string is called an overlapping copy when optimised.
  target_compile_options(certmgr_warnings INTERFACE -Wno-restrict)
endif()

set(CERTMGR_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize= takes them")
if(CERTMGR_SANITIZE)
  add_compile_options(-fsanitize=${CERTMGR_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${CERTMGR_SANITIZE})
endif()

option(CERTMGR_COVERAGE "Count executed lines" OFF)
if(CERTMGR_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()
