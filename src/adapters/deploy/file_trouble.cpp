// SPDX-License-Identifier: MIT
#include "adapters/deploy/file_trouble.h"

#include <unistd.h>

#include <cerrno>

#include "platform/fd.h"

namespace certmgr::deploy {

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos || slash == 0 ? "/" : path.substr(0, slash);
}

Trouble file_trouble(const std::string& path, int error) {
  const std::string folder = folder_of(path);
  Trouble trouble;
  trouble.why = path + ": " + platform::errno_text(error);
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      trouble.kind = TroubleKind::transient;
      trouble.code = "disk_full";
      trouble.hint = "free space on the filesystem of " + folder + " (df -h " + folder + "; quota)";
      break;
    case ENOENT:
      trouble.code = "folder_missing";
      trouble.why = "the folder " + folder + " does not exist";
      trouble.hint = "mkdir -p " + folder + ", or correct the path (of a server: 'certmgr server set')";
      break;
    case ENOTDIR:
      trouble.code = "not_a_folder";
      trouble.why = folder + " is not a folder";
      trouble.hint = "correct the path (of a server: 'certmgr server set')";
      break;
    case EROFS:
      trouble.code = "not_writable";
      trouble.hint =
          "the filesystem is mounted read-only, perhaps for this service alone: add ReadWritePaths=" +
          folder + " to its systemd unit";
      break;
    case EACCES:
    case EPERM:
      trouble.code = "not_writable";
      trouble.hint = ::geteuid() == 0
                         ? "look for an immutable flag (lsattr -d " + folder + ") or a security module"
                         : "run certmgr as root, or allow its user to write to " + folder;
      break;
    case ENAMETOOLONG:
      trouble.code = "name_too_long";
      trouble.hint = "give the file a name of at most 230 characters";
      break;
    default:
      trouble.code = "file_error";
      trouble.hint = "look at the filesystem of " + folder + " (dmesg, df " + folder + ")";
  }
  return trouble;
}

}  // namespace certmgr::deploy
