// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "certmgr/ports/task_queue.h"

namespace certmgr {

/// Told what the scheduler does, for metrics and logs. Called from several threads; must be quick.
class SchedulerWatch {
 public:
  struct Step {
    TaskRef task;
    std::string party;
    Duration took{};
    bool finished = false;
    std::string trouble_code;  // empty: none
  };
  virtual ~SchedulerWatch() = default;
  virtual void stepped(const Step& step) = 0;
  virtual void breaker(const std::string& party, bool open, Instant until) = 0;
};

}  // namespace certmgr
