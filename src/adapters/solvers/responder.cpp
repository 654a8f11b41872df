// SPDX-License-Identifier: MIT
#include "adapters/solvers/responder.h"

#include <fcntl.h>
#include <httplib.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>

#include "adapters/solvers/token.h"
#include "platform/deadline_stream.h"

namespace certmgr::solvers {
namespace {

constexpr std::chrono::seconds kConnectionLife{5};
constexpr std::size_t kMostOctets = std::size_t{16} * 1024;
constexpr std::size_t kThreads = 8;
constexpr int kOutOfFilesPauseMs = 100;

}  // namespace

/// The library's HTTP on our own socket, with an accept loop of ours: the library's bind() would share the
/// port with any process that asks, and its stop() shuts the socket down, which may be systemd's as well.
class ResponderServer : public httplib::Server {
 public:
  ResponderServer() : stop_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!stop_) throw std::runtime_error("cannot make an eventfd: " + platform::errno_text(errno));
    set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      answer(request, response);
      return HandlerResponse::Handled;
    });
  }

  /// Serves until stop_serving().
  void serve(int listening) {
    // A connection that is gone again between poll() and accept() must not hold us.
    fcntl(listening, F_SETFL, fcntl(listening, F_GETFL) | O_NONBLOCK);
    httplib::ThreadPool workers(kThreads);
    std::array<pollfd, 2> watched{{{listening, POLLIN, 0}, {stop_.get(), POLLIN, 0}}};
    while (!stopping_) {
      if (poll(watched.data(), watched.size(), -1) < 0) continue;
      const int connection = accept4(listening, nullptr, nullptr, SOCK_CLOEXEC);
      if (connection >= 0) {
        workers.enqueue([this, connection] { process_and_close_socket(connection); });
      } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        // It stays readable: wait for others to let go of something, not for it.
        poll(&watched[1], 1, kOutOfFilesPauseMs);
      } else if (errno == EINVAL) {
        poll(&watched[1], 1, -1);  // somebody else has shut it down
      }
    }
    workers.shutdown();
  }

  /// After this serve() returns soon: every open connection is cut.
  void stop_serving() {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    const std::uint64_t one = 1;
    if (write(stop_.get(), &one, sizeof one) < 0) return;  // it has been told already
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
    if (!enter(connection)) return false;
    platform::DeadlineStream stream(connection, kConnectionLife, kMostOctets);
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
  platform::Fd stop_;  // readable once it is time to end
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
  server_->stop_serving();
  thread_.join();
}

void Responder::add(const std::string& token, const std::string& key_authorization) {
  server_->add(token, key_authorization);
}

void Responder::remove(const std::string& token) { server_->remove(token); }

bool Responder::empty() const { return server_->empty(); }

}  // namespace certmgr::solvers
