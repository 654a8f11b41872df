// SPDX-License-Identifier: MIT
#include "adapters/probe/connect.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <future>
#include <memory>
#include <thread>
#include <vector>

namespace certmgr::probe {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

struct FreeAddresses {
  void operator()(addrinfo* list) const noexcept { ::freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;
using Reason = std::string;

struct Found {
  Addresses list;
  int error = 0;
  int number = 0;  // errno, for EAI_SYSTEM
};

Found look_up(const std::string& host, int port, int flags) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  Found found;
  found.error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
  found.number = errno;
  found.list.reset(list);
  return found;
}

tl::expected<Addresses, Reason> resolve(const std::string& host, int port, const Deadline& deadline) {
  Found found = look_up(host, port, AI_NUMERICHOST);
  if (found.error != 0) {
    // getaddrinfo() knows no limit, and a dead name server costs it half a minute: it is asked in a
    // thread of its own, which is left behind when the time is over.
    std::packaged_task<Found()> task([host, port] { return look_up(host, port, 0); });
    auto answer = task.get_future();
    std::thread(std::move(task)).detach();
    if (answer.wait_for(milliseconds(deadline.left())) != std::future_status::ready)
      return tl::unexpected("no answer from the name service about " + host + " within " +
                            humanize(deadline.limit()));
    found = answer.get();
  }
  if (found.error == EAI_SYSTEM)
    return tl::unexpected("cannot find the address of " + host + ": " + platform::errno_text(found.number));
  if (found.error != 0)
    return tl::unexpected("cannot find the address of " + host + ": " + ::gai_strerror(found.error));
  return std::move(found.list);
}

std::string reason_of(int error, const Deadline& deadline) {
  switch (error) {
    case ECONNREFUSED:
      return "connection refused";
    case ETIMEDOUT:
      return deadline.exceeded();
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EADDRNOTAVAIL:
      return "no route to this address";
    default:
      return "cannot connect: " + platform::errno_text(error);
  }
}

/// The connected socket, or an errno.
tl::expected<platform::Fd, int> connect_one(const addrinfo& address, int limit) {
  platform::Fd fd(::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return tl::unexpected<int>(errno);
  if (::connect(fd.get(), address.ai_addr, address.ai_addrlen) == 0) return fd;
  if (errno != EINPROGRESS) return tl::unexpected<int>(errno);
  if (!wait_for(fd.get(), POLLOUT, limit)) return tl::unexpected(ETIMEDOUT);
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  if (error != 0) return tl::unexpected(error);
  return fd;
}

std::string numeric(const addrinfo& address) {
  std::array<char, NI_MAXHOST> text{};
  ::getnameinfo(address.ai_addr, address.ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST);
  return text.data();
}

/// "connection refused", or with several addresses "connection refused (::1), no route ... (10.0.0.1)".
std::string summary(const std::vector<std::pair<std::string, std::string>>& failures) {
  if (failures.size() == 1) return failures.front().second;
  std::string text;
  for (const auto& [address, reason] : failures)
    text.append(text.empty() ? "" : ", ").append(reason).append(" (").append(address).append(")");
  return text;
}

}  // namespace

int Deadline::left() const {
  const auto left = std::chrono::ceil<milliseconds>(end_ - steady_clock::now()).count();
  return static_cast<int>(std::clamp<long long>(left, 0, INT_MAX));
}

std::string Deadline::exceeded() const { return "no answer within " + humanize(limit_); }

bool wait_for(int fd, short events, int milliseconds_left) {
  const auto end = steady_clock::now() + milliseconds(milliseconds_left);
  for (;;) {
    pollfd polled{fd, events, 0};
    const auto left = std::chrono::ceil<milliseconds>(end - steady_clock::now()).count();
    const int ready = ::poll(&polled, 1, static_cast<int>(std::max<long long>(left, 0)));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

tl::expected<platform::Fd, std::string> connect_to(const std::string& host, int port,
                                                   const Deadline& deadline) {
  auto addresses = resolve(host, port, deadline);
  if (!addresses) return tl::unexpected(addresses.error());
  int untried = 0;
  for (const auto* address = addresses->get(); address != nullptr; address = address->ai_next) ++untried;
  std::vector<std::pair<std::string, std::string>> failures;
  for (const auto* address = addresses->get(); address != nullptr; address = address->ai_next, --untried) {
    // Each gets an equal share of what is left: one that swallows packets must not starve the next.
    auto socket = connect_one(*address, deadline.left() / untried);
    if (socket) return std::move(*socket);
    failures.emplace_back(numeric(*address), reason_of(socket.error(), deadline));
  }
  return tl::unexpected(summary(failures));
}

}  // namespace certmgr::probe
