// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "certmgr/domain/alarm.h"
#include "certmgr/domain/trouble.h"

namespace certmgr {

/// Sends notices through the configured channels ([notify.NAME]). Thread-safe. A call blocks for at
/// most the channel's time limit.
class Notifier {
 public:
  virtual ~Notifier() = default;
  /// Names of the channels, sorted.
  [[nodiscard]] virtual std::vector<std::string> channels() const = 0;
  /// Does this channel want to hear of alarms of this kind?
  [[nodiscard]] virtual bool wants(const std::string& channel, AlarmKind kind) const = 0;
  /// Trouble `transient` when the same call may succeed later.
  virtual Result<void> send(const std::string& channel, const Notice& notice) = 0;
};

}  // namespace certmgr
