// SPDX-License-Identifier: MIT
#include "adapters/store/store_trouble.h"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <cerrno>

#include "platform/fd.h"

namespace certmgr::store {
namespace {

bool no_space(int system_error) { return system_error == ENOSPC || system_error == EDQUOT; }

Trouble disk_full(const std::string& what, const std::string& why, const std::string& path) {
  return store_trouble("disk_full", what, why,
                       "make room on the file system of " + path +
                           "; nothing was lost, and the work continues where it stopped");
}

std::string writable_hint(const std::string& path) {
  return "run certmgr as the user who owns " + path +
         ", make the file and its folder writable for this user, or name another place with --store or "
         "[store] path";
}

}  // namespace

Trouble store_trouble(std::string code, std::string what, std::string why, std::string hint) {
  return Trouble{.kind = TroubleKind::store,
                 .code = std::move(code),
                 .what = std::move(what),
                 .why = std::move(why),
                 .hint = std::move(hint),
                 .detail = {},
                 .retry_at = {}};
}

Trouble corrupt_row(const std::string& row, const std::string& why) {
  return store_trouble("store_corrupt", "cannot read " + row + " from the store", why,
                       "run \"certmgr db check\"; if it finds more, restore the store from a backup");
}

Trouble conflict(const std::string& row, const std::string& why) {
  Trouble trouble = store_trouble("conflict", "cannot save " + row, why, "nothing was changed; try again");
  trouble.kind = TroubleKind::transient;
  return trouble;
}

Trouble misuse(const std::string& what, const std::string& why) {
  Trouble trouble = store_trouble("bug", what, why, "please report this with the command you ran");
  trouble.kind = TroubleKind::permanent;
  return trouble;
}

Trouble sqlite_trouble(const SQLite::Exception& error, int system_error, const std::string& doing,
                       const std::string& path) {
  const std::string what = "cannot " + doing;
  const std::string why = path + ": " + error.what();
  switch (error.getErrorCode() & 0xFF) {
    case SQLITE_FULL:
      return disk_full(what, why, path);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return store_trouble("store_busy", what, why,
                           "another certmgr holds the store; try again, and if it stays so look for a "
                           "certmgr process that hangs");
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
      return store_trouble("store_unwritable", what, why, writable_hint(path));
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return store_trouble("store_corrupt", what, why, "stop certmgr and restore " + path + " from a backup");
    case SQLITE_IOERR:
      if (no_space(system_error))
        return disk_full(what, why + " (" + platform::errno_text(system_error) + ")", path);
      return store_trouble("store_io", what,
                           system_error != 0 ? why + " (" + platform::errno_text(system_error) + ")" : why,
                           "check the disk and the kernel's log; if the disk is sound, try again");
    default:
      return store_trouble("store_failed", what, why,
                           "run \"certmgr db check\"; if it finds nothing, please report this");
  }
}

Trouble file_trouble(int system_error, const std::string& what, const std::string& path) {
  const std::string why = path + ": " + platform::errno_text(system_error);
  if (no_space(system_error)) return disk_full(what, why, path);
  return store_trouble("store_unwritable", what, why, writable_hint(path));
}

}  // namespace certmgr::store
