// SPDX-License-Identifier: MIT
#include "platform/listen_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <optional>
#include <thread>

#include "platform/port_owner.h"

namespace certmgr::platform {
namespace {

constexpr int kWaitingConnections = 64;
constexpr int kUnownedTries = 10;
constexpr auto kUnownedPause = std::chrono::milliseconds(20);

tl::unexpected<Trouble> bad_address(std::string_view text) {
  return fail({.kind = TroubleKind::configuration,
               .code = "bad_listen_address",
               .what = "cannot listen on \"" + std::string(text) + "\"",
               .why = "not a numeric address with a port from 1 to 65535",
               .hint = "write it as 0.0.0.0:80, 192.0.2.1:80, [::]:80 or [2001:db8::1]:80",
               .detail = {},
               .retry_at = {}});
}

std::optional<std::string> canonical_host(const std::string& host, bool v6) {
  std::array<unsigned char, sizeof(in6_addr)> address{};
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = v6 ? AF_INET6 : AF_INET;
  if (inet_pton(family, host.c_str(), address.data()) != 1) return std::nullopt;
  if (inet_ntop(family, address.data(), text.data(), text.size()) == nullptr) return std::nullopt;
  return text.data();
}

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;
};

SocketAddress socket_address(const ListenAddress& address) {
  SocketAddress result;
  if (address.v6) {
    sockaddr_in6 to{};
    to.sin6_family = AF_INET6;
    to.sin6_port = htons(address.port);
    inet_pton(AF_INET6, address.host.c_str(), &to.sin6_addr);
    std::memcpy(&result.storage, &to, sizeof to);
    result.length = sizeof to;
  } else {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(address.port);
    inet_pton(AF_INET, address.host.c_str(), &to.sin_addr);
    std::memcpy(&result.storage, &to, sizeof to);
    result.length = sizeof to;
  }
  return result;
}

/// The socket, or an invalid one with errno set.
Fd try_to_listen(const ListenAddress& address) {
  Fd fd(socket(address.v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) return fd;
  const int on = 1;
  const int off = 0;
  // Past a connection in TIME_WAIT, but never beside another listener (that would be SO_REUSEPORT).
  setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address.v6) setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  const auto to = socket_address(address);
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&to.storage), to.length) != 0 ||
      listen(fd.get(), kWaitingConnections) != 0) {
    fd.reset();
  }
  return fd;
}

/// Another run of this program needs the port for about as long as a CA takes to look.
constexpr auto kTurnPause = std::chrono::milliseconds(300);

void explain_port_in_use(Trouble& trouble, const std::optional<PortOwner>& owner) {
  trouble.code = "port_in_use";
  if (!owner) {
    // Most likely it has just let go of the port; else it belongs to somebody whose files we may not see.
    trouble.kind = TroubleKind::transient;
    trouble.why = "another program uses the port";
    trouble.hint = "as root, `ss -ltnp` shows which one";
    return;
  }
  trouble.why = "the port is taken by " + owner->text();
  if (owner->name == own_process_name()) {
    trouble.kind = TroubleKind::transient;
    trouble.retry_at = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()) + kTurnPause;
    trouble.hint = "it is free again when that run is done";
  } else {
    trouble.hint = "stop " + owner->name + ", or listen on another address or port";
  }
}

Trouble explain(int error, const ListenAddress& address, const std::optional<PortOwner>& owner,
                std::string_view purpose) {
  Trouble trouble{.kind = TroubleKind::configuration,
                  .code = "cannot_listen",
                  .what = "cannot listen on " + address.text() + " " + std::string(purpose),
                  .why = errno_text(error),
                  .hint = {},
                  .detail = {},
                  .retry_at = {}};
  if (error == EADDRINUSE) {
    explain_port_in_use(trouble, owner);
  } else if (error == EACCES || error == EPERM) {
    trouble.code = "permission_denied";
    trouble.why = "ports below 1024 are for root and for programs with CAP_NET_BIND_SERVICE";
    trouble.hint = "run as root, or listen on a port from 1024 up and forward this one to it";
  } else if (error == EADDRNOTAVAIL || error == EAFNOSUPPORT) {
    trouble.code = "address_not_available";
    trouble.why = "no interface of this host has the address";
    trouble.hint = "`ip address` shows those it has; [::] stands for all of them";
  }
  return trouble;
}

}  // namespace

std::string ListenAddress::text() const {
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Result<ListenAddress> parse_listen_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad_address(text);
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  ListenAddress address;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
  if (error != std::errc() || end != digits.data() + digits.size() || address.port == 0)
    return bad_address(text);
  address.v6 = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (address.v6) host = host.substr(1, host.size() - 2);
  auto canonical = canonical_host(std::string(host), address.v6);
  if (!canonical) return bad_address(text);
  address.host = std::move(*canonical);
  return address;
}

Result<Fd> listen_on(const ListenAddress& address, std::string_view purpose) {
  ListenAddress tried = address;
  Fd fd = try_to_listen(tried);
  int error = errno;
  if (!fd && error == EAFNOSUPPORT && address.host == "::") {
    tried = {"0.0.0.0", address.port, false};
    fd = try_to_listen(tried);
    error = errno;
  }
  std::optional<PortOwner> owner;
  for (int tries = 0; !fd && error == EADDRINUSE && tries < kUnownedTries; ++tries) {
    owner = port_owner(address.port);
    if (owner) break;
    // Taken by nobody: it was let go of just now, or is bound and will be listened on in a moment.
    std::this_thread::sleep_for(kUnownedPause);
    fd = try_to_listen(tried);
    error = errno;
  }
  if (!fd) return fail(explain(error, address, owner, purpose));
  return fd;
}

}  // namespace certmgr::platform
