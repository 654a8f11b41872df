// SPDX-License-Identifier: MIT
#include "adapters/solvers/responder.h"

#include <fcntl.h>
#include <httplib.h>
#include <signal.h>
#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>

#include "adapters/solvers/deadline_stream.h"
#include "adapters/solvers/token.h"

namespace certmgr::solvers {
namespace {

constexpr std::chrono::seconds kConnectionLife{5};
constexpr std::size_t kMostOctets = std::size_t{16} * 1024;
constexpr std::size_t kThreads = 8;

}  // namespace

/// The library's HTTP on our own socket: its bind() would share the port with any process that asks.
class ResponderServer : public httplib::Server {
 public:
  ResponderServer() {
    new_task_queue = [] { return new httplib::ThreadPool(kThreads); };  // NOLINT: the library's to delete
    set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      answer(request, response);
      return HandlerResponse::Handled;
    });
  }

  /// Serves until `listening` is shut down. The library closes what it was given when it is done, and
  /// it is done after any error of accept(): so it gets duplicates, as long as it is wanted.
  void serve(int listening) {
    while (!stopping_) {
      const int duplicate = fcntl(listening, F_DUPFD_CLOEXEC, 0);
      if (duplicate < 0) return;
      svr_sock_ = duplicate;
      listen_after_bind();
    }
  }

  /// After this serve() returns soon: every open connection is cut.
  void stop_serving(int listening) {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    shutdown(listening, SHUT_RDWR);
    for (const int connection : connections_) shutdown(connection, SHUT_RDWR);
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

  bool enter(int connection) {
    const std::lock_guard lock(mutex_);
    if (!stopping_) connections_.insert(connection);
    return !stopping_;
  }

  void leave(int connection) {
    const std::lock_guard lock(mutex_);
    connections_.erase(connection);
  }

  bool process_and_close_socket(socket_t connection) override {
    const platform::Fd owned(connection);
    fcntl(connection, F_SETFD, FD_CLOEXEC);
    if (!enter(connection)) return false;
    DeadlineStream stream(connection, kConnectionLife, kMostOctets);
    const bool good = serve_one(*this, stream);
    leave(connection);
    shutdown(connection, SHUT_RDWR);
    return good;
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
  std::atomic<bool> stopping_ = false;
  std::map<std::string, std::string> answers_;  // by path
  std::set<int> connections_;
};

Responder::Responder(platform::Fd listening)
    : listening_(std::move(listening)), server_(std::make_unique<ResponderServer>()) {
  // Signals are for the program's own threads; here they would only break accept().
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { server_->serve(listening_.get()); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Responder::~Responder() {
  server_->stop_serving(listening_.get());
  thread_.join();
}

void Responder::add(const std::string& token, const std::string& key_authorization) {
  server_->add(token, key_authorization);
}

void Responder::remove(const std::string& token) { server_->remove(token); }

bool Responder::empty() const { return server_->empty(); }

}  // namespace certmgr::solvers
