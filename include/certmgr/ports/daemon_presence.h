// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "certmgr/ports/task_queue.h"

namespace certmgr {

/// Which part of the work a daemon does (docs/decisions/0008-privilege-split.md).
enum class DaemonRole {
  all,
  network,  // everything but what `deploy` does
  deploy,   // deployments and watches
};

/// The half that tasks of this kind belong to; never `all`.
constexpr DaemonRole half_of(TaskKind kind) {
  return kind == TaskKind::deployment || kind == TaskKind::watch ? DaemonRole::deploy : DaemonRole::network;
}
/// The same for a party of tasks: "deploy" and "watch", or any other.
constexpr DaemonRole half_of(std::string_view party) {
  return party == "deploy" || party == "watch" ? DaemonRole::deploy : DaemonRole::network;
}

/// Is a daemon at work on this store, on this host? Thread-safe.
class DaemonPresence {
 public:
  virtual ~DaemonPresence() = default;
  /// "pid 4711" of the daemon that does tasks of this kind; nothing if none runs.
  [[nodiscard]] virtual std::optional<std::string> serving(TaskKind kind) const = 0;
};

}  // namespace certmgr
