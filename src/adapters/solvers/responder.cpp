// SPDX-License-Identifier: MIT
#include "adapters/solvers/responder.h"

#include <httplib.h>

#include <chrono>
#include <map>
#include <mutex>

#include "adapters/solvers/token.h"
#include "platform/deadline_stream.h"

namespace certmgr::solvers {
namespace {

constexpr std::chrono::seconds kConnectionLife{5};
constexpr std::size_t kMostOctets = std::size_t{16} * 1024;

}  // namespace

/// The library's HTTP on connections of ours: its own bind() would share the port with any process that asks,
/// and its stop() shuts the socket down, which may be systemd's as well.
class TokenAnswers : public httplib::Server {
 public:
  TokenAnswers() {
    set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      answer(request, response);
      return HandlerResponse::Handled;
    });
  }

  void serve(int connection) {
    platform::DeadlineStream stream(connection, kConnectionLife, kMostOctets);
    serve_one(*this, stream);
  }

  void add(const std::string& token, const std::string& key_authorization) {
    const std::lock_guard lock(mutex_);
    answers_[std::string(kWellKnown) + token] = key_authorization;
  }

  void remove(const std::string& token) {
    const std::lock_guard lock(mutex_);
    answers_.erase(std::string(kWellKnown) + token);
  }

  bool empty() const {
    const std::lock_guard lock(mutex_);
    return answers_.empty();
  }

 private:
  void answer(const httplib::Request& request, httplib::Response& response) const {
    const std::lock_guard lock(mutex_);
    const auto found = answers_.find(request.path);
    const bool asked = request.method == "GET" || request.method == "HEAD";
    response.status = asked && found != answers_.end() ? 200 : 404;
    response.set_content(response.status == 200 ? found->second : "not found\n",
                         response.status == 200 ? "application/octet-stream" : "text/plain");
  }

  /// One request per connection. Later versions of the library want the addresses as well.
  template <class Server>
  static bool serve_one(Server& server, httplib::Stream& stream) {
    constexpr bool kClose = true;
    bool closed = false;
    if constexpr (requires { server.process_request(stream, kClose, closed, nullptr); }) {
      return server.process_request(stream, kClose, closed, nullptr);
    } else {
      return server.process_request(stream, "", 0, "", 0, kClose, closed, nullptr);
    }
  }

  mutable std::mutex mutex_;
  std::map<std::string, std::string> answers_;  // by path
};

Responder::Responder(platform::Fd listening)
    : answers_(std::make_unique<TokenAnswers>()),
      acceptor_(std::move(listening), {},
                [answers = answers_.get()](int connection) { answers->serve(connection); }) {}

Responder::~Responder() = default;

void Responder::add(const std::string& token, const std::string& key_authorization) {
  answers_->add(token, key_authorization);
}

void Responder::remove(const std::string& token) { answers_->remove(token); }

bool Responder::empty() const { return answers_->empty(); }

}  // namespace certmgr::solvers
