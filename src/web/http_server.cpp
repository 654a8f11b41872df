// SPDX-License-Identifier: MIT
#include "web/http_server.h"

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
#include <cstdint>
#include <mutex>
#include <set>
#include <stdexcept>

#include "platform/deadline_stream.h"

namespace certmgr::web {
namespace {

constexpr int kOutOfFilesPauseMs = 100;

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

/// Opens the library's protected entrance: its own sockets and its own accept loop are not used.
class Parser : public httplib::Server {
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

}  // namespace

/// Accepts, and hands each connection to a thread.
class HttpServer::Loop {
 public:
  Loop(platform::Fd listening, HttpLimits limits, Handler handler)
      : listening_(std::move(listening)),
        stop_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
        limits_(limits),
        parser_(listening_.get()) {
    if (!stop_) throw std::runtime_error("cannot make an eventfd: " + platform::errno_text(errno));
    // A connection that is gone again between poll() and accept() must not hold us.
    fcntl(listening_.get(), F_SETFL, fcntl(listening_.get(), F_GETFL) | O_NONBLOCK);
    parser_.set_pre_routing_handler(
        [handler = std::move(handler)](const httplib::Request& request, httplib::Response& response) {
          handler(request, response);
          return httplib::Server::HandlerResponse::Handled;
        });
  }

  void run() {
    httplib::ThreadPool workers(limits_.threads);
    std::array<pollfd, 2> watched{{{listening_.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}}};
    while (!stopping_) {
      if (poll(watched.data(), watched.size(), -1) < 0 || stopping_) continue;
      const int connection = accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC);
      if (connection >= 0) {
        if (enter(connection)) workers.enqueue([this, connection] { answer(connection); });
      } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        // It stays readable: wait for others to let go of something, not for it.
        poll(&watched[1], 1, kOutOfFilesPauseMs);
      } else if (errno == EINVAL) {
        poll(&watched[1], 1, -1);  // somebody else has shut it down
      }
    }
    workers.shutdown();
  }

  /// After this run() returns soon: every open connection is cut.
  void stop() {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    const std::uint64_t one = 1;
    if (write(stop_.get(), &one, sizeof one) < 0) return;  // it has been told already
    for (const int connection : connections_) shutdown(connection, SHUT_RDWR);
  }

 private:
  /// False, and the connection is closed, when there are too many or it is time to end.
  bool enter(int connection) {
    const std::lock_guard lock(mutex_);
    if (!stopping_ && connections_.size() < limits_.connections)
      return connections_.insert(connection).second;
    platform::Fd(connection).reset();
    return false;
  }

  void answer(int connection) {
    {
      platform::DeadlineStream stream(connection, limits_.connection_life, limits_.request_octets);
      serve_one(parser_, stream);
    }
    shutdown(connection, SHUT_RDWR);
    // Out of the set before it is closed: stop() must not cut somebody who got the same number.
    const std::lock_guard lock(mutex_);
    connections_.erase(connection);
    platform::Fd(connection).reset();
  }

  platform::Fd listening_;
  platform::Fd stop_;  // readable once it is time to end
  HttpLimits limits_;
  Parser parser_;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::set<int> connections_;
};

HttpServer::HttpServer(platform::Fd listening, HttpLimits limits, Handler handler)
    : loop_(std::make_unique<Loop>(std::move(listening), limits, std::move(handler))) {
  // Signals are for the program's own threads.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { loop_->run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

HttpServer::~HttpServer() {
  loop_->stop();
  thread_.join();
}

}  // namespace certmgr::web
