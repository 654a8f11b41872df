// SPDX-License-Identifier: MIT
#include "adapters/dns/exchange.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <optional>

#include "platform/fd.h"

namespace certmgr::dns {
namespace {

using Steady = std::chrono::steady_clock;
using Wire = std::vector<std::uint8_t>;

constexpr std::size_t kLargest = 65535;
constexpr std::size_t kHeader = 12;

struct Address {
  sockaddr_storage storage{};
  socklen_t length = 0;
};

std::optional<Address> address_of(const DnsServer& server) {
  Address result;
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (inet_pton(AF_INET, server.address.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(server.port);
    std::memcpy(&result.storage, &v4, sizeof v4);
    result.length = sizeof v4;
  } else if (inet_pton(AF_INET6, server.address.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(server.port);
    std::memcpy(&result.storage, &v6, sizeof v6);
    result.length = sizeof v6;
  } else {
    return std::nullopt;
  }
  return result;
}

std::string late(Duration limit) { return "no answer within " + humanize(limit); }

/// A socket that talks to one server only, until a moment.
class Line {
 public:
  /// `words` is what to say when the time is over.
  Line(Steady::time_point end, std::string words) : end_(end), late_(std::move(words)) {}

  tl::expected<void, Silence> open(const DnsServer& server, int type) {
    const auto to = address_of(server);
    if (!to) return tl::unexpected(Silence("'" + server.address + "' is no address"));
    socket_ = platform::Fd(::socket(to->storage.ss_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket_) return silence();
    if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&to->storage), to->length) == 0) return {};
    if (errno != EINPROGRESS) return silence();
    if (auto ready = wait(POLLOUT); !ready) return ready;
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    errno = error;
    if (error != 0) return silence();
    return {};
  }

  tl::expected<void, Silence> send(const Wire& data) {
    for (std::size_t sent = 0; sent < data.size();) {
      if (auto ready = wait(POLLOUT); !ready) return ready;
      const auto put = ::send(socket_.get(), data.data() + sent, data.size() - sent, MSG_NOSIGNAL);
      if (put < 0 && errno != EAGAIN && errno != EINTR) return silence();
      if (put > 0) sent += static_cast<std::size_t>(put);
    }
    return {};
  }

  /// What one read brings, at most `most` octets.
  tl::expected<Wire, Silence> receive(std::size_t most) {
    Wire data(most);
    while (true) {
      if (auto ready = wait(POLLIN); !ready) return tl::unexpected(ready.error());
      const auto got = ::recv(socket_.get(), data.data(), data.size(), 0);
      if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
      if (got < 0) return tl::unexpected(silence().value());
      data.resize(static_cast<std::size_t>(got));
      return data;
    }
  }

  /// Exactly `count` octets.
  tl::expected<Wire, Silence> receive_all(std::size_t count) {
    Wire data;
    while (data.size() < count) {
      auto part = receive(count - data.size());
      if (!part) return part;
      if (part->empty()) return tl::unexpected(Silence("the connection was closed"));
      data.insert(data.end(), part->begin(), part->end());
    }
    return data;
  }

 private:
  [[nodiscard]] static tl::unexpected<Silence> silence() {
    return tl::unexpected(Silence(platform::errno_text(errno)));
  }

  tl::expected<void, Silence> wait(short events) {
    while (true) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(end_ - Steady::now()).count();
      if (left <= 0) return tl::unexpected(late_);
      pollfd polled{socket_.get(), events, 0};
      const int ready = ::poll(&polled, 1, static_cast<int>(std::min<long long>(left, INT_MAX)));
      if (ready > 0) return {};
      if (ready < 0 && errno != EINTR) return silence();
    }
  }

  Steady::time_point end_;
  Silence late_;
  platform::Fd socket_;
};

std::optional<Reply> read_reply(Wire wire) {
  ldns_pkt* packet = nullptr;
  if (wire.size() < kHeader || ldns_wire2pkt(&packet, wire.data(), wire.size()) != LDNS_STATUS_OK)
    return std::nullopt;
  return Reply{PacketPtr(packet), std::move(wire)};
}

/// The first question's name, type and class are those that were asked (RFC 5452 section 4.2).
bool answers(const ldns_pkt& reply, const ldns_pkt& question) {
  if (!ldns_pkt_qr(&reply) || ldns_pkt_id(&reply) != ldns_pkt_id(&question)) return false;
  const auto* asked = ldns_rr_list_rr(ldns_pkt_question(&question), 0);
  const auto* repeated = ldns_rr_list_rr(ldns_pkt_question(&reply), 0);
  // A server that cannot even read the question may leave it out.
  if (repeated == nullptr) return ldns_pkt_get_rcode(&reply) != LDNS_RCODE_NOERROR;
  return ldns_dname_compare(ldns_rr_owner(asked), ldns_rr_owner(repeated)) == 0 &&
         ldns_rr_get_type(asked) == ldns_rr_get_type(repeated) &&
         ldns_rr_get_class(asked) == ldns_rr_get_class(repeated);
}

/// One datagram there; then all that come are looked at until one is the answer.
tl::expected<Reply, Silence> try_udp(const DnsServer& server, const ldns_pkt& question, const Wire& wire,
                                     Steady::time_point end, Duration limit) {
  Line line(end, late(limit));
  if (auto open = line.open(server, SOCK_DGRAM); !open) return tl::unexpected(open.error());
  if (auto sent = line.send(wire); !sent) return tl::unexpected(sent.error());
  while (true) {
    auto data = line.receive(kLargest);
    if (!data) return tl::unexpected(data.error());
    if (auto reply = read_reply(std::move(*data)); reply && answers(*reply->packet, question))
      return std::move(*reply);
  }
}

tl::expected<Reply, Silence> try_tcp(const DnsServer& server, const Wire& wire, Steady::time_point end,
                                     Duration limit) {
  Line line(end, late(limit));
  if (auto open = line.open(server, SOCK_STREAM); !open) return tl::unexpected(open.error());
  // RFC 1035 section 4.2.2: the length goes first.
  Wire framed{static_cast<std::uint8_t>(wire.size() >> 8U), static_cast<std::uint8_t>(wire.size() & 0xFFU)};
  framed.insert(framed.end(), wire.begin(), wire.end());
  if (auto sent = line.send(framed); !sent) return tl::unexpected(sent.error());
  const auto length = line.receive_all(2);
  if (!length) return tl::unexpected(length.error());
  auto data = line.receive_all(static_cast<std::size_t>((*length)[0]) << 8U | (*length)[1]);
  if (!data) return tl::unexpected(data.error());
  auto reply = read_reply(std::move(*data));
  if (!reply) return tl::unexpected(Silence("its answer cannot be read"));
  return std::move(*reply);
}

}  // namespace

std::vector<std::uint8_t> to_wire(const ldns_pkt& packet) {
  std::uint8_t* data = nullptr;
  std::size_t size = 0;
  if (ldns_pkt2wire(&data, &packet, &size) != LDNS_STATUS_OK) return {};
  const OctetsPtr owned(data);
  return {data, data + size};
}

tl::expected<Reply, Silence> ask(const DnsServer& server, const ldns_pkt& question, Duration limit) {
  const auto wire = to_wire(question);
  const auto end = Steady::now() + limit;
  if (wire.empty()) return tl::unexpected(Silence("the question cannot be written"));
  auto reply = try_udp(server, question, wire, Steady::now() + limit / 2, limit);
  if (!reply && Steady::now() < end) reply = try_udp(server, question, wire, end, limit);
  if (!reply || !ldns_pkt_tc(reply->packet.get())) return reply;
  reply = try_tcp(server, wire, end, limit);
  if (reply && !answers(*reply->packet, question))
    return tl::unexpected(Silence("it answered another question"));
  return reply;
}

tl::expected<Reply, Silence> send_by_tcp(const DnsServer& server, const std::vector<std::uint8_t>& wire,
                                         Duration limit) {
  if (wire.empty() || wire.size() > kLargest)
    return tl::unexpected(Silence("the message has no usable size"));
  return try_tcp(server, wire, Steady::now() + limit, limit);
}

}  // namespace certmgr::dns
