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

/// The library runs a regular expression over the path of a request with a body.
constexpr std::size_t kLongestPath = 256;

/// Refuses what the library would wait for until the connection ends, or unpack without end, before anybody
/// was asked who sends it (RFC 9110 sections 15.5.12, 15.5.14 and 15.5.16).
bool is_plain_body(const httplib::Request& request, httplib::Response& response, std::size_t most) {
  const std::string length = request.get_header_value("Content-Length");
  const bool counted =
      !length.empty() && length.size() <= 9 && length.find_first_not_of("0123456789") == std::string::npos;
  const bool chunked = request.get_header_value("Transfer-Encoding") == "chunked";
  if (request.has_header("Content-Encoding") ||
      request.get_header_value("Content-Type").find("multipart") != std::string::npos)
    response.status = 415;
  else if (!counted && !(chunked && length.empty()))
    response.status = 411;
  else if (request.path.size() > kLongestPath)
    response.status = 414;
  else if (counted && std::stoul(length) > most)
    response.status = 413;
  else
    return true;
  return false;
}

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

HttpServer::HttpServer(platform::Fd listening, HttpLimits limits, Handler handler, TakesBody takes_body)
    : parser_(std::make_unique<Parser>(listening.get())) {
  parser_->set_payload_max_length(limits.request_octets);
  parser_->Post(".*", handler);
  parser_->set_pre_routing_handler(
      [handler = std::move(handler), takes_body = std::move(takes_body), most = limits.request_octets](
          const httplib::Request& request, httplib::Response& response) {
        using Next = httplib::Server::HandlerResponse;
        if (request.method != "POST" || !takes_body) {
          handler(request, response);
          return Next::Handled;
        }
        const bool taken = is_plain_body(request, response, most) && takes_body(request, response);
        return taken ? Next::Unhandled : Next::Handled;
      });
  acceptor_ = std::make_unique<platform::Acceptor>(
      std::move(listening),
      platform::Acceptor::Limits{limits.threads, limits.connections, limits.of_one_user},
      [parser = parser_.get(), limits](int connection) {
        platform::DeadlineStream stream(connection, limits.connection_life, limits.request_octets,
                                        limits.request_life);
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
