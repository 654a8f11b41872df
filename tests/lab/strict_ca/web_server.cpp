// SPDX-License-Identifier: MIT
#include "lab/strict_ca/web_server.h"

#include <httplib.h>
#include <sys/socket.h>

#include <algorithm>
#include <stdexcept>
#include <thread>

#include "lab/process.h"

namespace certmgr::lab::strict {
namespace {

constexpr std::size_t kMostOctets = std::size_t{1} << 20;

Request read(const httplib::Request& from) {
  Request request{.method = from.method, .target = from.target, .body = from.body};
  for (const auto& [name, value] : from.headers) {
    std::string lower = name;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    request.headers.emplace(lower, value);
  }
  return request;
}

void write(const Reply& reply, const httplib::Request& request, httplib::Response& response) {
  // The library has no way to answer nothing.
  if (reply.cut && request.ssl != nullptr) shutdown(SSL_get_fd(request.ssl), SHUT_RDWR);
  response.status = reply.status;
  for (const auto& [name, value] : reply.headers) response.headers.emplace(name, value);
  if (!reply.content_type.empty()) response.set_content(reply.body, reply.content_type);
}

}  // namespace

class WebServer::Impl {
 public:
  Impl(int port, Handler handler, const std::optional<HttpsFiles>& https) : handler_(std::move(handler)) {
    server_ = https ? std::make_unique<httplib::SSLServer>(https->certificate.c_str(), https->key.c_str())
                    : std::make_unique<httplib::Server>();
    server_->new_task_queue = [] { return new httplib::ThreadPool(16); };  // NOLINT: the library's to delete
    // The library's own choice, SO_REUSEPORT, fails where an earlier test left a connection in TIME_WAIT.
    server_->set_socket_options([](socket_t socket) {
      const int on = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    });
    server_->set_keep_alive_max_count(100000);
    server_->set_payload_max_length(kMostOctets);
    const auto answer = [this](const httplib::Request& request, httplib::Response& response) {
      write(handler_(read(request)), request, response);
    };
    server_->Get(".*", answer).Post(".*", answer).Put(".*", answer).Delete(".*", answer);
    if (!server_->bind_to_port("127.0.0.1", port))
      throw std::runtime_error("the strict CA cannot bind port " + std::to_string(port));
    thread_ = std::thread([this] { server_->listen_after_bind(); });
    // stop() is without effect on a server that does not run yet.
    if (!wait_until([this] { return server_->is_running(); })) throw std::runtime_error("no strict CA");
  }
  ~Impl() {
    server_->stop();
    thread_.join();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

 private:
  Handler handler_;
  std::unique_ptr<httplib::Server> server_;
  std::thread thread_;
};

WebServer::WebServer(int port, Handler handler, const std::optional<HttpsFiles>& https)
    : impl_(std::make_unique<Impl>(port, std::move(handler), https)) {}
WebServer::~WebServer() = default;

}  // namespace certmgr::lab::strict
