// SPDX-License-Identifier: MIT
#pragma once

#include "certmgr/ports/alarms.h"
#include "certmgr/ports/clock.h"
#include "certmgr/services/task_runner.h"

namespace certmgr {

/// Removes alarms that have been over for longer than `keep`, with the messages about them, a few per step so
/// that nobody waits for the store. What happened stays in the event log, which is never pruned.
class PruningRunner final : public TaskRunner {
 public:
  PruningRunner(AlarmStore& alarms, Clock& clock, Duration keep)
      : alarms_(alarms), clock_(clock), keep_(keep) {}
  StepResult step(std::int64_t subject_id, Progress& progress) override;
  void let_go(std::int64_t) override {}

 private:
  AlarmStore& alarms_;
  Clock& clock_;
  Duration keep_;
};

}  // namespace certmgr
