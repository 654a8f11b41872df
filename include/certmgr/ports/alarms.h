// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "certmgr/domain/alarm.h"

namespace certmgr {

/// A message to be sent, and how far it came.
struct Delivery {
  std::int64_t id = 0;
  std::string channel;
  Notice::Message message = Notice::Message::raised;
  Alarm alarm;
  int attempts = 0;
};

/// What was pruned.
struct Pruned {
  int removed = 0;                  // alarms
  std::optional<Instant> again_at;  // when its task is due again; nothing: no past alarm is left
};

/// Open and past alarms, and the messages about them. Thread-safe; every change is one transaction with
/// its event ("alarm.raised", "alarm.cleared"); throws Failure like the stores.
class AlarmStore {
 public:
  virtual ~AlarmStore() = default;
  /// Opens the alarm and a delivery (with its task, lane "delivery:ID", party "notify:CHANNEL") for each
  /// channel. One that is open already only takes the newer words: nobody is told twice. True if it is new.
  virtual bool raise(const AlarmDraft& draft, const std::vector<std::string>& channels) = 0;
  /// The same, but one that is open already is told of again, in the newer words ("alarm.reminded").
  virtual void remind(const AlarmDraft& draft, const std::vector<std::string>& channels) = 0;
  /// Closes the alarm, if it is open. Deliveries still waiting are dropped; a channel that was told of
  /// the alarm is told of the recovery. True if it was open.
  virtual bool clear(AlarmKind kind, const std::string& subject) = 0;
  virtual std::vector<Alarm> open_alarms() = 0;

  virtual std::optional<Delivery> delivery(std::int64_t id) = 0;  // nullopt also when sent or dropped
  virtual void delivered(std::int64_t id) = 0;                    // its task ends
  virtual void delivery_failed(std::int64_t id, const std::string& why, Instant again_at) = 0;
  virtual void drop_delivery(std::int64_t id, const std::string& why) = 0;

  /// Removes up to `limit` alarms that have been over for at least `keep`, with their deliveries, unless one
  /// still waits. Its task is due again at once if there may be more, else when the next one is old enough, a
  /// day later at the earliest.
  virtual Pruned prune(Instant now, Duration keep, int limit) = 0;
};

}  // namespace certmgr
