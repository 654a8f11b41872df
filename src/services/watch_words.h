// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "certmgr/domain/alarm.h"
#include "certmgr/domain/event.h"
#include "certmgr/domain/watch.h"

namespace certmgr {

/// What the watch over a server says to people.
struct WatchWords {
  const std::string& server;  // name
  const std::string& label;   // of the certificate, may be empty
  const WatchFacts& facts;

  /// The event of a step, where something changed that a person may want to know.
  [[nodiscard]] std::optional<EventDraft> event(const Watch& before, const WatchStep& step) const;
  [[nodiscard]] AlarmDraft alarm(AlarmKind kind, const Watch& watch) const;
};

}  // namespace certmgr
