// SPDX-License-Identifier: MIT
#include "web/http_server.h"

#include <httplib.h>

#include "platform/deadline_stream.h"

namespace certmgr::web {
namespace {

/// What the library would do by itself with some headers is not worth its price: brotli at its best keeps a
/// processor busy for half a minute over the metrics of a big store.
void forget_wishes(httplib::Request& request) {
  request.headers.erase("Accept-Encoding");
  request.headers.erase("Range");
  request.ranges.clear();
}

/// One request per connection. Later versions of the library want the addresses as well.
template <class Server>
bool serve_one(Server& server, httplib::Stream& stream) {
  constexpr bool kClose = true;
  bool closed = false;
  if constexpr (requires { server.process(stream, kClose, closed, forget_wishes); }) {
    return server.process(stream, kClose, closed, forget_wishes);
  } else {
    return server.process(stream, "", 0, "", 0, kClose, closed, forget_wishes);
  }
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
  parser_->set_pre_routing_handler(
      [handler = std::move(handler)](const httplib::Request& request, httplib::Response& response) {
        handler(request, response);
        return httplib::Server::HandlerResponse::Handled;
      });
  acceptor_ = std::make_unique<platform::Acceptor>(
      std::move(listening), platform::Acceptor::Limits{limits.threads, limits.connections},
      [parser = parser_.get(), limits](int connection) {
        platform::DeadlineStream stream(connection, limits.connection_life, limits.request_octets);
        serve_one(*parser, stream);
      });
}

HttpServer::~HttpServer() = default;

}  // namespace certmgr::web
