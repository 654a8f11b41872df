// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <thread>

#include "platform/fd.h"

namespace certmgr::solvers {

class ResponderServer;

/// Serves the pending tokens on a listening socket, and 404 for all else, until it is destroyed; the
/// socket is closed then, not shut down: systemd may hold the same one. It is open to the whole internet: a
/// connection may live for five seconds and send 16 KiB, whatever it does.
class Responder {
 public:
  explicit Responder(platform::Fd listening);
  ~Responder();
  Responder(const Responder&) = delete;
  Responder& operator=(const Responder&) = delete;

  void add(const std::string& token, const std::string& key_authorization);
  void remove(const std::string& token);
  [[nodiscard]] bool empty() const;

 private:
  platform::Fd listening_;
  std::unique_ptr<ResponderServer> server_;
  std::thread thread_;
};

}  // namespace certmgr::solvers
