// SPDX-License-Identifier: MIT
#pragma once

#include <arpa/inet.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <thread>
#include <vector>

#include "certmgr/domain/dns.h"
#include "lab/ports.h"
#include "platform/fd.h"

namespace certmgr::dns::testing {

using Message = std::vector<std::uint8_t>;

/// Answers on 127.0.0.1 whatever the test says, with and without sense.
class HostileServer {
 public:
  /// Datagrams to send for a datagram that came.
  using OnDatagram = std::function<std::vector<Message>(const Message&)>;
  /// Octets to send for what came first over a stream; the connection stays open.
  using OnStream = std::function<Message(const Message&)>;

  HostileServer(OnDatagram on_datagram, OnStream on_stream)
      : on_datagram_(std::move(on_datagram)),
        on_stream_(std::move(on_stream)),
        stop_(::eventfd(0, EFD_CLOEXEC)) {
    port_ = static_cast<std::uint16_t>(lab::free_port());
    udp_ = bound(SOCK_DGRAM);
    tcp_ = bound(SOCK_STREAM);
    if (::listen(tcp_.get(), 8) != 0) throw std::runtime_error("cannot listen");
    thread_ = std::thread([this] { serve(); });
  }
  ~HostileServer() {
    const std::uint64_t one = 1;
    if (::write(stop_.get(), &one, sizeof one) == sizeof one) thread_.join();
  }
  HostileServer(const HostileServer&) = delete;
  HostileServer& operator=(const HostileServer&) = delete;

  [[nodiscard]] DnsServer at() const { return {"127.0.0.1", port_}; }

 private:
  [[nodiscard]] platform::Fd bound(int type) const {
    platform::Fd socket(::socket(AF_INET, type | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("cannot bind");
    return socket;
  }

  void serve() {
    while (true) {
      std::array<pollfd, 3> polled{
          {{udp_.get(), POLLIN, 0}, {tcp_.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}}};
      if (::poll(polled.data(), polled.size(), -1) < 0) continue;
      if (polled[2].revents != 0) return;
      if (polled[0].revents != 0) datagram();
      if (polled[1].revents != 0) stream();
    }
  }

  void datagram() const {
    Message got(65535);
    sockaddr_storage from{};
    socklen_t length = sizeof from;
    const auto size =
        ::recvfrom(udp_.get(), got.data(), got.size(), 0, reinterpret_cast<sockaddr*>(&from), &length);
    if (size < 0) return;
    got.resize(static_cast<std::size_t>(size));
    for (const auto& answer : on_datagram_(got))
      ::sendto(udp_.get(), answer.data(), answer.size(), 0, reinterpret_cast<const sockaddr*>(&from), length);
  }

  void stream() {
    platform::Fd connection(::accept4(tcp_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    Message got(65535);
    const auto size = ::recv(connection.get(), got.data(), got.size(), 0);
    if (size < 2) return;
    got.resize(static_cast<std::size_t>(size));
    got.erase(got.begin(), got.begin() + 2);
    const auto answer = on_stream_(got);
    ::send(connection.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
    kept_.push_back(std::move(connection));
  }

  OnDatagram on_datagram_;
  OnStream on_stream_;
  platform::Fd stop_;
  std::uint16_t port_ = 0;
  platform::Fd udp_;
  platform::Fd tcp_;
  std::vector<platform::Fd> kept_;
  std::thread thread_;
};

}  // namespace certmgr::dns::testing
