// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "platform/fd.h"

namespace certmgr::platform {

/// Takes connections on a listening socket and serves each on one of a few threads, until it is destroyed:
/// open connections are cut then. The socket is closed, never shut down: systemd may hold the same one.
class Acceptor {
 public:
  struct Limits {
    std::size_t threads = 8;
    std::size_t connections = 256;  // served or waiting for a thread; more are closed at once
    std::size_t of_one_user = 0;    // of them, on a Unix socket; 0: all
  };
  /// `serve` is called on several threads at once, with a blocking connection, which is closed afterwards. It
  /// must return soon when the connection is cut, and must not throw.
  Acceptor(Fd listening, Limits limits, std::function<void(int connection)> serve);
  ~Acceptor();
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace certmgr::platform
