// SPDX-License-Identifier: MIT
#pragma once

#include "certmgr/ports/clock.h"
#include "certmgr/ports/organization_store.h"
#include "certmgr/services/alarm_desk.h"
#include "certmgr/services/task_runner.h"

namespace certmgr {

/// Gives time its due: validations of an organization (the subject) that begin to expire or are too old, and
/// alarms about those that end soon or that a CA has been looking at for long.
class OrganizationRunner final : public TaskRunner {
 public:
  OrganizationRunner(OrganizationStore& store, AlarmDesk& alarms, Clock& clock)
      : store_(store), alarms_(alarms), clock_(clock) {}
  StepResult step(std::int64_t organization_id, Progress& progress) override;
  void let_go(std::int64_t) override {}

 private:
  OrganizationStore& store_;
  AlarmDesk& alarms_;
  Clock& clock_;
};

}  // namespace certmgr
