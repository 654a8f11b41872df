// SPDX-License-Identifier: MIT
#include "adapters/deploy/hook_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "platform/fd.h"
#include "platform/trusted_program.h"

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

}  // namespace

Result<void> check_hook_file(const std::string& path) {
  if (!path.starts_with('/'))
    return refuse("hook_not_executable", path, "its path is not absolute", "give it as /folder/name");
  std::error_code error;
  const std::string real = std::filesystem::canonical(path, error);
  struct stat status {};
  if (error || ::stat(real.c_str(), &status) != 0) {
    const int number = error ? error.value() : errno;
    return refuse(number == ENOENT ? "hook_missing" : "hook_not_executable", path,
                  number == ENOENT ? "it does not exist" : platform::errno_text(number),
                  "correct it with 'certmgr server set NAME --hook', or install certmgr again");
  }
  if (!S_ISREG(status.st_mode))
    return refuse("hook_not_executable", path, "it is not a regular file", "give the path of a program");
  if (::faccessat(AT_FDCWD, real.c_str(), X_OK, AT_EACCESS) != 0)
    return refuse("hook_not_executable", path, "it is not executable", "chmod +x " + real);
  if (const auto distrust = platform::distrust(path))
    return refuse("hook_unsafe", path, distrust->why, distrust->cure);
  return {};
}

}  // namespace certmgr::deploy
