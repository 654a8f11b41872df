// SPDX-License-Identifier: MIT
#include "adapters/notify/secret_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "adapters/notify/channel.h"
#include "platform/fd.h"

namespace certmgr::notify {
namespace {

constexpr std::size_t kMost = 4096;

}  // namespace

Result<Secret> read_secret(const std::string& channel, const std::string& key, const std::string& path) {
  const auto refuse = [&](const std::string& why, const std::string& hint) {
    return fail(channel_trouble(TroubleKind::configuration, "notify_secret", channel,
                                "its " + key + " " + path + " " + why, hint));
  };
  // O_NONBLOCK: opening a FIFO must not hang.
  const platform::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat found {};
  if (!file || ::fstat(file.get(), &found) != 0)
    return refuse("cannot be read: " + platform::errno_text(errno),
                  "make the file, readable for the user who runs certmgr alone");
  if (!S_ISREG(found.st_mode)) return refuse("is no regular file", "name a file");
  if ((found.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return refuse("can be read or written by others than its owner", "chmod 0400 " + path);
  std::string text;
  text.reserve(kMost + 1);  // a growing string would leave copies of the secret behind
  if (!platform::read_all(file.get(), text, kMost))
    return refuse("cannot be read: " + platform::errno_text(errno), "look at the file");
  Secret content(std::move(text));
  const auto end = content.text().find_first_of("\r\n");
  Secret secret(content.text().substr(0, end));
  if (secret.text().empty() || secret.text().find('\0') != std::string::npos)
    return refuse("holds no secret in its first line", "write it there, as one line");
  return secret;
}

}  // namespace certmgr::notify
