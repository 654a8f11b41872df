// SPDX-License-Identifier: MIT
#include "platform/deadline_stream.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace certmgr::platform {

DeadlineStream::DeadlineStream(int socket, std::chrono::milliseconds life, std::size_t most,
                               std::chrono::milliseconds request_life)
    : socket_(socket),
      deadline_(std::chrono::steady_clock::now() + life),
      request_deadline_(std::chrono::steady_clock::now() + std::min(life, request_life)),
      left_(most) {}

bool DeadlineStream::ready_for(short events, Moment deadline) const {
  while (true) {
    const auto rest =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (rest.count() <= 0) return false;
    pollfd watched{socket_, events, 0};
    const int ready = poll(&watched, 1, static_cast<int>(rest.count()));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

bool DeadlineStream::is_readable() const { return left_ > 0 && ready_for(POLLIN, request_deadline_); }

bool DeadlineStream::is_writable() const { return ready_for(POLLOUT, deadline_); }

ssize_t DeadlineStream::read(char* into, std::size_t size) {
  if (!is_readable()) return -1;
  const ssize_t got = recv(socket_, into, std::min(size, left_), MSG_DONTWAIT);
  if (got > 0) left_ -= static_cast<std::size_t>(got);
  return got;
}

ssize_t DeadlineStream::write(const char* data, std::size_t size) {
  if (!is_writable()) return -1;
  return send(socket_, data, size, MSG_DONTWAIT | MSG_NOSIGNAL);
}

// Nobody looks at the addresses: no answer depends on them.
void DeadlineStream::get_remote_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

void DeadlineStream::get_local_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

}  // namespace certmgr::platform
