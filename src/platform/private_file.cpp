// SPDX-License-Identifier: MIT
#include "platform/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "platform/fd.h"

namespace certmgr::platform {

Result<SecretText> read_private_file(const std::string& path, const std::string& what, const std::string& key,
                                     std::size_t most) {
  const auto refuse = [&](const std::string& why, const std::string& hint) {
    return fail({.kind = TroubleKind::configuration,
                 .code = "secret_file",
                 .what = what,
                 .why = "its " + key + " " + path + " " + why,
                 .hint = hint});
  };
  // O_NONBLOCK: opening a FIFO must not hang.
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat found {};
  if (!file || ::fstat(file.get(), &found) != 0)
    return refuse("cannot be read: " + errno_text(errno),
                  "make the file, readable for the user who runs certmgr alone");
  if (!S_ISREG(found.st_mode)) return refuse("is no regular file", "name a file");
  if ((found.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return refuse("can be read or written by others than its owner", "chmod 0600 " + path);
  if (found.st_uid != 0 && found.st_uid != ::geteuid())
    return refuse("belongs to user " + std::to_string(found.st_uid), "chown root " + path);
  std::string text;
  text.reserve(most + 1);
  if (!read_all(file.get(), text, most + 1))
    return refuse("cannot be read: " + errno_text(errno), "look at the file");
  SecretText content(std::move(text));
  if (content.text().size() > most)
    return refuse("is longer than " + std::to_string(most) + " octets", "is it the right file?");
  return content;
}

}  // namespace certmgr::platform
