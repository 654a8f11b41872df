// SPDX-License-Identifier: MIT
#include "platform/inherited_sockets.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>

#include <algorithm>

namespace certmgr::platform {
namespace {

/// The list of names as libsystemd gives it: malloc'ed, as is every name.
class Names {
 public:
  ~Names() {
    if (names_ == nullptr) return;
    // NOLINTBEGIN(cppcoreguidelines-no-malloc): that is how libsystemd hands it over
    for (char** name = names_; *name != nullptr; ++name) free(*name);
    free(static_cast<void*>(names_));
    // NOLINTEND(cppcoreguidelines-no-malloc)
  }
  Names() = default;
  Names(const Names&) = delete;
  Names& operator=(const Names&) = delete;
  char*** into() { return &names_; }
  [[nodiscard]] std::string at(int index) const { return names_ == nullptr ? "" : names_[index]; }

 private:
  char** names_ = nullptr;
};

std::vector<InheritedSocket> take_over() {
  constexpr int kForget = 1;  // or a child could take them for its own
  constexpr int kListening = 1;
  Names names;
  const int count = sd_listen_fds_with_names(kForget, names.into());
  std::vector<InheritedSocket> found;
  for (int i = 0; i < count; ++i) {
    Fd fd(SD_LISTEN_FDS_START + i);  // libsystemd has marked it close-on-exec
    if (sd_is_socket(fd.get(), AF_UNSPEC, SOCK_STREAM, kListening) <= 0) continue;
    const std::uint16_t port = port_of(fd);
    if (port == 0) continue;
    found.push_back({names.at(i), port, std::move(fd)});
  }
  return found;
}

}  // namespace

std::uint16_t port_of(const Fd& socket) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (getsockname(socket.get(), generic, &length) != 0) return 0;
  if (address.ss_family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
  if (address.ss_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port);
  return 0;
}

const std::vector<InheritedSocket>& inherited_sockets() {
  static const std::vector<InheritedSocket> sockets = take_over();
  return sockets;
}

std::optional<Fd> inherited_listener(const std::string& name, std::uint16_t port) {
  const auto& all = inherited_sockets();
  auto found = std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.port == port; });
  if (found == all.end())
    found = std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.name == name; });
  if (found == all.end()) return std::nullopt;
  Fd duplicate(fcntl(found->socket.get(), F_DUPFD_CLOEXEC, 0));
  if (!duplicate) return std::nullopt;
  return duplicate;
}

}  // namespace certmgr::platform
