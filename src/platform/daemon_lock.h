// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "certmgr/domain/trouble.h"
#include "certmgr/ports/daemon_presence.h"
#include "platform/fd.h"

namespace certmgr::platform {

/// "all", "network", "deploy": also the endings of the files beside the store.
std::string_view to_string(DaemonRole role);

/// Held by a daemon for as long as it runs, however it ends: one daemon per part of the work on a store.
class DaemonLock {
 public:
  /// Trouble "daemon_running" (usage) with the other one's pid.
  static Result<DaemonLock> take(const std::string& store_path, DaemonRole role);

 private:
  explicit DaemonLock(std::vector<Fd> files) : files_(std::move(files)) {}
  std::vector<Fd> files_;
};

/// Trouble "store_vanished" when there is no store where a daemon worked on one before: its lock files are
/// still there. A new, empty one would hide that.
Result<void> refuse_vanished_store(const std::string& store_path);

class LockedPresence final : public DaemonPresence {
 public:
  explicit LockedPresence(std::string store_path) : store_path_(std::move(store_path)) {}
  [[nodiscard]] std::optional<std::string> serving(TaskKind kind) const override;

 private:
  std::string store_path_;
};

}  // namespace certmgr::platform
