// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include "platform/fd.h"

namespace certmgr::platform {

/// A process of ours that waits for nothing but our end, whatever the reason, and then kills a process group:
/// so a program that we have started does not outlive us even after kill -9. Make it before the program is
/// started, so that next to no time passes without it. See docs/decisions/0009-guard-of-hooks.md.
class GroupGuard {
 public:
  GroupGuard();
  /// The guard goes; what it guarded stays.
  ~GroupGuard();
  GroupGuard(const GroupGuard&) = delete;
  GroupGuard& operator=(const GroupGuard&) = delete;

  /// Why there is no guard, an errno; 0: there is one.
  [[nodiscard]] int error() const { return error_; }
  /// `leader` is the leader of the group. Call it once, and end this object before the leader is waited for.
  void keep(pid_t leader) const;

 private:
  Fd told_;  // an eventfd: the leader's number
  pid_t pid_ = -1;
  int error_ = 0;
};

}  // namespace certmgr::platform
