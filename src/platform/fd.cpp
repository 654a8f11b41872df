// SPDX-License-Identifier: MIT
#include "platform/fd.h"

#include <string.h>
#include <unistd.h>

#include <cerrno>

namespace certmgr::platform {

void Fd::reset(int fd) noexcept {
  const int old = std::exchange(fd_, fd);
  if (old < 0) return;
  const int kept = errno;
  ::close(old);
  errno = kept;
}

std::string errno_text(int error) {
  const char* text = strerrordesc_np(error);
  return text != nullptr ? text : "error " + std::to_string(error);
}

bool write_all(int fd, std::string_view data) {
  while (!data.empty()) {
    const ssize_t wrote = ::write(fd, data.data(), data.size());
    if (wrote < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    data.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return true;
}

bool read_all(int fd, std::string& into, std::size_t most) {
  // Read straight into the string: a key must not leave a copy in a buffer nobody wipes. The room is
  // made at once, as a growing string would leave copies behind as well.
  const std::size_t start = into.size();
  into.resize(start + most);
  std::size_t have = 0;
  bool good = true;
  while (have < most) {
    const ssize_t got = ::read(fd, into.data() + start + have, most - have);
    if (got < 0 && errno == EINTR) continue;
    good = got >= 0;
    if (got <= 0) break;
    have += static_cast<std::size_t>(got);
  }
  into.resize(start + have);
  return good;
}

}  // namespace certmgr::platform
