// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

#include "platform/acceptor.h"

namespace httplib {
struct Request;
struct Response;
}  // namespace httplib

namespace certmgr::web {

/// What one client may cost, whatever it does.
struct HttpLimits {
  std::chrono::milliseconds connection_life = std::chrono::seconds(10);  // request and answer together
  std::chrono::milliseconds request_life = std::chrono::seconds(10);     // the request alone
  std::size_t request_octets = std::size_t{16} * 1024;
  std::size_t threads = 4;
  std::size_t connections = 64;  // more are closed at once
  std::size_t of_one_user = 0;   // of them, on a Unix socket; 0: all
};

/// Answers HTTP on a socket that listens already, one request per connection, until it is destroyed. Sleeps
/// in the kernel while nobody asks. The socket is closed then, not shut down: others may hold it too.
class HttpServer {
 public:
  /// Called from several threads.
  using Handler = std::function<void(const httplib::Request&, httplib::Response&)>;
  /// Asked before the body of a POST is read; false: it is not, and the response is the answer.
  using TakesBody = std::function<bool(const httplib::Request&, httplib::Response&)>;

  /// Without `takes_body` no body is read. A body whose length is not told, or that is packed, is never read.
  HttpServer(platform::Fd listening, HttpLimits limits, Handler handler, TakesBody takes_body = {});
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

 private:
  class Parser;
  std::unique_ptr<Parser> parser_;
  std::unique_ptr<platform::Acceptor> acceptor_;  // ends first: its threads use the parser
};

/// The user who sent a request over a Unix socket, by the word of the kernel.
std::optional<uid_t> peer_of(const httplib::Request& request);

}  // namespace certmgr::web
