// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "certmgr/ports/alarms.h"
#include "certmgr/ports/notifier.h"

namespace certmgr {

/// Where runners say that something began to be wrong, or no longer is. Both may be said as often as one
/// looks: people are told once of each. Thread-safe; throws Failure like the stores.
class AlarmDesk {
 public:
  AlarmDesk(AlarmStore& alarms, const Notifier& notifier) : alarms_(alarms), notifier_(notifier) {}
  /// Has every channel told that wants to hear of this kind. True if nobody knew of it yet.
  bool raise(const AlarmDraft& draft);
  /// Has them told again if it is open already: something about it has come nearer.
  void remind(const AlarmDraft& draft);
  /// True if it was open.
  bool clear(AlarmKind kind, const std::string& subject);

 private:
  std::vector<std::string> who_wants(AlarmKind kind) const;

  AlarmStore& alarms_;
  const Notifier& notifier_;
};

}  // namespace certmgr
