// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "certmgr/domain/instant.h"

namespace certmgr {

/// Whoever started this program as a service and looks after it (systemd). Every call does nothing when
/// nobody does. Thread-safe.
class ServiceManager {
 public:
  virtual ~ServiceManager() = default;
  /// Started, or done with a reload.
  virtual void ready() = 0;
  /// SIGHUP is being worked on; ready() ends it.
  virtual void reloading() = 0;
  /// One line for people: "812 certificates, next renewal in 3 h".
  virtual void status(const std::string& text) = 0;
  virtual void stopping() = 0;
  /// Who does not call keep_alive() within this time is killed and started anew; nothing: no watchdog.
  /// Call it about twice as often, and only when the work has really moved on or rightly waits.
  [[nodiscard]] virtual std::optional<Duration> watchdog() const = 0;
  virtual void keep_alive() = 0;
};

}  // namespace certmgr
