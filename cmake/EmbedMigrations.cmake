# Compiles schema/migrations/NNNN_name.sql into the program, in the order of their numbers.
function(certmgr_embed_migrations output)
  file(GLOB files CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/schema/migrations/*.sql")
  list(SORT files)
  set(entries "")
  foreach(file IN LISTS files)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
    get_filename_component(name "${file}" NAME_WE)
    string(REGEX MATCH "^[0-9]+" number "${name}")
    file(READ "${file}" text)
    math(EXPR version "${number}")
    string(APPEND entries "    {${version}, \"${name}\", R\"sql(${text})sql\"},\n")
  endforeach()
  file(CONFIGURE OUTPUT "${output}" CONTENT [[// Made by cmake/EmbedMigrations.cmake from schema/migrations.
#include "adapters/store/migrations.h"

namespace certmgr::store {
const std::vector<Migration>& migrations() {
  static const std::vector<Migration> all = {
@entries@  };
  return all;
}
}  // namespace certmgr::store
]] @ONLY)
endfunction()
