// SPDX-License-Identifier: MIT
#include "platform/acceptor.h"

#include <fcntl.h>
#include <httplib.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

#include "platform/unix_listener.h"

namespace certmgr::platform {
namespace {

constexpr int kOutOfFilesPauseMs = 100;

}  // namespace

class Acceptor::Loop {
 public:
  Loop(Fd listening, Limits limits, std::function<void(int)> serve)
      : listening_(std::move(listening)),
        stop_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
        limits_(limits),
        serve_(std::move(serve)) {
    if (!stop_) throw std::runtime_error("cannot make an eventfd: " + errno_text(errno));
    // A connection that is gone again between poll() and accept() must not hold us.
    fcntl(listening_.get(), F_SETFL, fcntl(listening_.get(), F_GETFL) | O_NONBLOCK);
    // Signals are for the program's own threads; here they would only break accept().
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread([this] { run(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }

  ~Loop() {
    stop();
    thread_.join();
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

 private:
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

  void stop() {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    const std::uint64_t one = 1;
    if (write(stop_.get(), &one, sizeof one) < 0) return;  // it has been told already
    for (const auto& [connection, user] : connections_) shutdown(connection, SHUT_RDWR);
  }

  /// False, and the connection is closed, when there are too many or it is time to end.
  bool enter(int connection) {
    const auto user = limits_.of_one_user > 0 ? peer_of(connection) : std::nullopt;
    const std::lock_guard lock(mutex_);
    const auto same = std::count_if(connections_.begin(), connections_.end(),
                                    [&](const auto& known) { return user && known.second == user; });
    const bool too_many = user && static_cast<std::size_t>(same) >= limits_.of_one_user;
    if (!stopping_ && connections_.size() < limits_.connections && !too_many)
      return connections_.emplace(connection, user).second;
    Fd(connection).reset();
    return false;
  }

  void answer(int connection) {
    serve_(connection);
    shutdown(connection, SHUT_RDWR);
    // Out of the set before it is closed: stop() must not cut somebody who got the same number.
    const std::lock_guard lock(mutex_);
    connections_.erase(connection);
    Fd(connection).reset();
  }

  Fd listening_;
  Fd stop_;  // readable once it is time to end
  Limits limits_;
  std::function<void(int)> serve_;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::map<int, std::optional<uid_t>> connections_;  // and whose they are
  std::thread thread_;
};

Acceptor::Acceptor(Fd listening, Limits limits, std::function<void(int connection)> serve)
    : loop_(std::make_unique<Loop>(std::move(listening), limits, std::move(serve))) {}

Acceptor::~Acceptor() = default;

}  // namespace certmgr::platform
