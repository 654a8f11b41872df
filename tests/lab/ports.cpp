// SPDX-License-Identifier: MIT
#include "lab/ports.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <random>
#include <stdexcept>

namespace certmgr::lab {
namespace {

constexpr int kLowest = 10000;
constexpr int kHighest = 31999;
constexpr const char* kLocks = "/tmp/certmgr-test-ports";

class Socket {
 public:
  explicit Socket(int family) : fd_(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  ~Socket() {
    if (fd_ >= 0) close(fd_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

sockaddr_in address4(const char* text, int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  inet_pton(AF_INET, text, &address.sin_addr);
  return address;
}

sockaddr_in6 address6(const char* text, int port) {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(static_cast<std::uint16_t>(port));
  inet_pton(AF_INET6, text, &address.sin6_addr);
  return address;
}

template <class Address>
bool can_bind(const Address& address, int family) {
  const Socket socket(family);
  if (socket.fd() < 0) return family == AF_INET6;  // a host without IPv6 has nobody there
  const int on = 1;
  setsockopt(socket.fd(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return true;
  return errno == EADDRNOTAVAIL;
}

/// Takes the lock of a port for the life of this process; the descriptor stays open on purpose.
bool lock_port(int port) {
  const std::string path = std::string(kLocks) + "/" + std::to_string(port);
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (fd < 0) return false;
  if (flock(fd, LOCK_EX | LOCK_NB) == 0) return true;
  close(fd);
  return false;
}

}  // namespace

int free_port() {
  // Every user of the host may run tests, so the folder is open to all, like /tmp itself.
  if (mkdir(kLocks, 01777) == 0) chmod(kLocks, 01777);
  std::random_device random;
  std::uniform_int_distribution<int> any(kLowest, kHighest);
  for (int attempt = 0; attempt < 1000; ++attempt) {
    const int port = any(random);
    if (lock_port(port) && can_bind(address4("127.0.0.1", port), AF_INET) &&
        can_bind(address6("::1", port), AF_INET6)) {
      return port;
    }
  }
  throw std::runtime_error("no free port found");
}

bool port_accepts(const std::string& address, int port) {
  const bool six = address.find(':') != std::string::npos;
  const Socket socket(six ? AF_INET6 : AF_INET);
  const auto target4 = address4(address.c_str(), port);
  const auto target6 = address6(address.c_str(), port);
  const auto* target =
      six ? reinterpret_cast<const sockaddr*>(&target6) : reinterpret_cast<const sockaddr*>(&target4);
  const auto length = static_cast<socklen_t>(six ? sizeof target6 : sizeof target4);
  return connect(socket.fd(), target, length) == 0;
}

}  // namespace certmgr::lab
