// SPDX-License-Identifier: MIT
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <stdexcept>
#include <string>

#include "platform/fd.h"

namespace certmgr::solvers {

/// A client that sends what no HTTP library would.
class RawClient {
 public:
  explicit RawClient(int port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(port));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd_.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
      throw std::runtime_error("cannot connect");
    }
  }

  /// As much of it as the other side takes before it hangs up.
  void send(const std::string& text) const {
    std::size_t sent = 0;
    while (sent < text.size()) {
      const ssize_t size = ::send(fd_.get(), text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
      if (size <= 0) return;
      sent += static_cast<std::size_t>(size);
    }
  }

  /// Everything up to the end of the connection, or until nothing has come for ten seconds.
  [[nodiscard]] std::string receive_all() const {
    std::string all;
    std::array<char, 4096> buffer{};
    while (true) {
      pollfd watched{fd_.get(), POLLIN, 0};
      if (poll(&watched, 1, 10'000) != 1) return all;
      const ssize_t got = recv(fd_.get(), buffer.data(), buffer.size(), 0);
      if (got <= 0) return all;
      all.append(buffer.data(), static_cast<std::size_t>(got));
    }
  }

  /// Whether the connection ends, within ten seconds.
  [[nodiscard]] bool is_cut() const {
    std::array<char, 4096> buffer{};
    while (true) {
      pollfd watched{fd_.get(), POLLIN, 0};
      if (poll(&watched, 1, 10'000) != 1) return false;
      if (recv(fd_.get(), buffer.data(), buffer.size(), 0) <= 0) return true;
    }
  }

 private:
  platform::Fd fd_;
};

}  // namespace certmgr::solvers
