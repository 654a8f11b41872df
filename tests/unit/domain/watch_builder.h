// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "certmgr/domain/watch.h"

namespace certmgr::watch_tests {

inline const Instant kNow{std::chrono::milliseconds(1732435740000)};
inline const WatchPolicy kPolicy;
inline const std::string kOurs = "ours";

inline Served serves(const std::string& fingerprint, Instant not_after = kNow + std::chrono::days(60)) {
  Served served;
  served.target = "tls://h:1";
  served.fingerprint = fingerprint;
  served.not_after = not_after;
  if (fingerprint.empty()) served.trouble = "connection refused";
  return served;
}

inline DeploymentState failed(const std::string& code = "hook_failed") {
  return DeployFailed{{.code = code, .what = "cannot deploy", .why = "exit 1"}};
}
inline DeploymentState rolled_back(const std::string& code = "hook_failed") {
  return RolledBack{{.code = code, .what = "cannot deploy", .why = "exit 1"}};
}

/// A server with listeners whose newest deployment is number 7, of the current version.
inline WatchFacts facts(DeploymentState state, std::vector<Served> after = {serves(kOurs)}) {
  WatchFacts facts;
  facts.last.emplace();
  facts.last->id = 7;
  facts.last->reason = "renew";
  facts.last->state = std::move(state);
  facts.last->after = std::move(after);
  facts.last->entered_at = kNow;
  facts.expected = kOurs;
  facts.not_after = kNow + std::chrono::days(60);
  facts.current = true;
  facts.has_targets = true;
  return facts;
}

/// Knows of deployment 7, and is due.
inline Watch knows(WatchState state = WatchState::good) {
  Watch watch;
  watch.server_id = 3;
  watch.state = state;
  watch.judged_deployment = 7;
  watch.wake_at = kNow;
  return watch;
}

inline std::string reason_of(const WatchStep& step) {
  const auto* again = std::get_if<DeployAgain>(&step.action);
  return again == nullptr ? "" : again->reason;
}
inline bool waits(const WatchStep& step) { return std::holds_alternative<WaitForWatch>(step.action); }
inline bool looks(const WatchStep& step) { return std::holds_alternative<LookAtListeners>(step.action); }

inline WatchStep after(const Watch& watch, const WatchFacts& known, Instant now = kNow, double jitter = 0) {
  return look_after(watch, known, kPolicy, now, jitter);
}
inline WatchStep found(const Watch& watch, const WatchFacts& known, std::vector<Served> served,
                       Instant now = kNow) {
  return looked(watch, known, std::move(served), kPolicy, now, 0);
}

}  // namespace certmgr::watch_tests
