// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "certmgr/domain/trouble.h"
#include "certmgr/ports/bell.h"
#include "certmgr/ports/daemon_presence.h"
#include "platform/fd.h"

namespace certmgr::platform {

/// The bell of a daemon. Other processes ring it through a datagram socket beside the store. Waits on the
/// monotonic clock; setting the wall clock, and waking from suspend, end the wait.
class WakeBell final : public Bell {
 public:
  /// Only with the DaemonLock of that role held: a socket left by a dead daemon is replaced.
  static Result<std::unique_ptr<WakeBell>> listen(const std::string& store_path, DaemonRole role);
  ~WakeBell() override;
  WakeBell(const WakeBell&) = delete;
  WakeBell& operator=(const WakeBell&) = delete;

  void wait(Duration most) override;
  void ring() override;

 private:
  WakeBell(Fd socket, Fd event, Fd timer, std::string path)
      : socket_(std::move(socket)),
        event_(std::move(event)),
        timer_(std::move(timer)),
        path_(std::move(path)) {}
  void watch_clock();

  Fd socket_;
  Fd event_;
  Fd timer_;
  std::string path_;
};

/// Rings the daemons on a store after this process has changed it. Never blocks, never fails: a daemon
/// that hears nothing looks by itself before long.
class Waker {
 public:
  /// A daemon does not ring itself: it sees what its own steps did.
  explicit Waker(const std::string& store_path, std::optional<DaemonRole> self = std::nullopt);
  ~Waker();
  Waker(const Waker&) = delete;
  Waker& operator=(const Waker&) = delete;
  void ring() const;

 private:
  struct Socket;
  std::vector<Socket> daemons_;
  Fd socket_;
};

}  // namespace certmgr::platform
