// SPDX-License-Identifier: MIT
#include "web/http_server.h"

#include <httplib.h>

#include <charconv>
#include <string_view>

#include "platform/deadline_stream.h"
#include "platform/unix_listener.h"

namespace certmgr::web {
namespace {

/// What the library would do by itself with some headers is not worth its price: brotli at its best keeps a
/// processor busy for half a minute over the metrics of a big store.
void forget_wishes(httplib::Request& request) {
  request.headers.erase("Accept-Encoding");
  request.headers.erase("Range");
  request.ranges.clear();
}

/// Of a request with a body, for whose handler the library runs a regular expression over the path.
constexpr std::size_t kLongestPath = 256;

/// Where the library keeps the address of the other side, of which a Unix socket has none. Nothing that is
/// sent gets there.
constexpr std::string_view kUserMark = "uid:";

/// One request per connection. Later versions of the library want the addresses as well.
template <class Server>
bool serve_one(Server& server, httplib::Stream& stream, const std::string& sender) {
  constexpr bool kClose = true;
  bool closed = false;
  const auto set_up = [&sender](httplib::Request& request) {
    forget_wishes(request);
    request.remote_addr = sender;
  };
  if constexpr (requires { server.process(stream, kClose, closed, set_up); }) {
    return server.process(stream, kClose, closed, set_up);
  } else {
    return server.process(stream, "", 0, "", 0, kClose, closed, set_up);
  }
}

std::string sender_of(int connection) {
  const auto user = platform::peer_of(connection);
  return user ? std::string(kUserMark) + std::to_string(*user) : std::string();
}

}  // namespace

/// Opens the library's protected entrance: its own sockets and its own accept loop are not used.
class HttpServer::Parser : public httplib::Server {
 public:
  /// The library sends an answer in pieces only while it believes that its own socket is open. It does
  /// nothing else with the number.
  explicit Parser(int listening) { svr_sock_ = listening; }

  template <class... Arguments>
  auto process(Arguments&&... arguments)
      -> decltype(this->process_request(std::forward<Arguments>(arguments)...)) {
    return process_request(std::forward<Arguments>(arguments)...);
  }
};

HttpServer::HttpServer(platform::Fd listening, HttpLimits limits, Handler handler)
    : parser_(std::make_unique<Parser>(listening.get())) {
  parser_->set_payload_max_length(limits.request_octets);
  // Of other methods the library reads no body, and what it answers to them by itself is not ours to say.
  parser_->Post(".*", handler);
  parser_->set_pre_routing_handler(
      [handler = std::move(handler)](const httplib::Request& request, httplib::Response& response) {
        if (request.method == "POST" && request.path.size() <= kLongestPath)
          return httplib::Server::HandlerResponse::Unhandled;
        handler(request, response);
        return httplib::Server::HandlerResponse::Handled;
      });
  acceptor_ = std::make_unique<platform::Acceptor>(
      std::move(listening), platform::Acceptor::Limits{limits.threads, limits.connections},
      [parser = parser_.get(), limits](int connection) {
        platform::DeadlineStream stream(connection, limits.connection_life, limits.request_octets);
        serve_one(*parser, stream, sender_of(connection));
      });
}

HttpServer::~HttpServer() = default;

std::optional<uid_t> peer_of(const httplib::Request& request) {
  const std::string_view sender = request.remote_addr;
  uid_t uid = 0;
  if (!sender.starts_with(kUserMark)) return std::nullopt;
  const auto* end = sender.data() + sender.size();
  const auto read = std::from_chars(sender.data() + kUserMark.size(), end, uid);
  return read.ec == std::errc() && read.ptr == end ? std::optional(uid) : std::nullopt;
}

}  // namespace certmgr::web
