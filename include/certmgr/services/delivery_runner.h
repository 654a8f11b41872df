// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "certmgr/ports/alarms.h"
#include "certmgr/ports/clock.h"
#include "certmgr/ports/notifier.h"
#include "certmgr/services/task_runner.h"

namespace certmgr {

inline constexpr Duration kLongestDeliveryPause = std::chrono::hours(1);
inline constexpr Duration kDeliveryGivenUp = std::chrono::hours(72);

/// Sends one message of an alarm per step. What may pass or can be cured by a person (a server that does not
/// answer, a wrong password) is tried again after one second, doubled up to an hour, for three days after
/// the alarm began or ended; what the other side refuses for good is dropped at once, with an event.
///
/// A process killed between sending and noting it sends again: at least once, not at most once.
class DeliveryRunner final : public TaskRunner {
 public:
  /// `host`: the name people know this machine by.
  DeliveryRunner(AlarmStore& alarms, Notifier& notifier, Clock& clock, std::string host)
      : alarms_(alarms), notifier_(notifier), clock_(clock), host_(std::move(host)) {}
  StepResult step(std::int64_t delivery_id, Progress& progress) override;
  void let_go(std::int64_t) override {}

 private:
  StepResult settle(const Delivery& delivery, const Trouble& trouble, Progress& progress);

  AlarmStore& alarms_;
  Notifier& notifier_;
  Clock& clock_;
  std::string host_;
};

}  // namespace certmgr
