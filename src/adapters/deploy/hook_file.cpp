// SPDX-License-Identifier: MIT
#include "adapters/deploy/hook_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "adapters/deploy/file_trouble.h"
#include "platform/fd.h"

namespace certmgr::deploy {
namespace {

tl::unexpected<Trouble> refuse(std::string code, const std::string& path, const std::string& why,
                               std::string hint) {
  Trouble trouble;
  trouble.kind = TroubleKind::configuration;
  trouble.code = std::move(code);
  trouble.what = "cannot run the hook " + path;
  trouble.why = why;
  trouble.hint = std::move(hint);
  return fail(trouble);
}

/// Nobody but root and us can write it. `unguarded`: the write permissions that count.
Result<void> check_writers(const std::string& hook, const std::string& path, const struct stat& status,
                           mode_t unguarded) {
  if ((status.st_mode & unguarded) != 0)
    return refuse("hook_unsafe", hook, path + " can be changed by other users", "chmod go-w " + path);
  if (status.st_uid != 0 && status.st_uid != ::geteuid())
    return refuse("hook_unsafe", hook,
                  path + " belongs to user " + std::to_string(status.st_uid) + ", who could change it",
                  "chown root " + path);
  return {};
}

/// The group may write when we are not root: many systems give every user a group of their own.
mode_t unguarded_bits(const struct stat& status) {
  const bool group_is_trusted = ::geteuid() != 0 || status.st_gid == 0;
  return group_is_trusted ? S_IWOTH : S_IWOTH | S_IWGRP;
}

}  // namespace

Result<void> check_hook_file(const std::string& path) {
  if (!path.starts_with('/'))
    return refuse("hook_not_executable", path, "its path is not absolute", "give it as /folder/name");
  std::error_code error;
  const std::string real = std::filesystem::canonical(path, error);
  struct stat status {};
  struct stat folder {};
  if (error || ::stat(real.c_str(), &status) != 0 || ::stat(folder_of(real).c_str(), &folder) != 0) {
    const int number = error ? error.value() : errno;
    return refuse(number == ENOENT ? "hook_missing" : "hook_not_executable", path,
                  number == ENOENT ? "it does not exist" : platform::errno_text(number),
                  "correct it with 'certmgr server set NAME --hook', or install certmgr again");
  }
  if (!S_ISREG(status.st_mode))
    return refuse("hook_not_executable", path, "it is not a regular file", "give the path of a program");
  if (::faccessat(AT_FDCWD, real.c_str(), X_OK, AT_EACCESS) != 0)
    return refuse("hook_not_executable", path, "it is not executable", "chmod +x " + real);
  if (auto safe = check_writers(path, real, status, unguarded_bits(status)); !safe) return safe;
  // Who can write the folder can put another file there, but where the sticky bit forbids it.
  const bool sticky = (folder.st_mode & S_ISVTX) != 0;
  return check_writers(path, folder_of(real), folder, sticky ? 0 : unguarded_bits(folder));
}

}  // namespace certmgr::deploy
