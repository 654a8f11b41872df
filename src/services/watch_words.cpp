// SPDX-License-Identifier: MIT
#include "services/watch_words.h"

#include <algorithm>

namespace certmgr {
namespace {

constexpr std::size_t kMostDetail = 2000;

const Served* first_wrong(const Watch& watch, const std::string& expected) {
  const auto found = std::find_if(watch.served.begin(), watch.served.end(), [&](const Served& one) {
    return !one.fingerprint.empty() && one.fingerprint != expected;
  });
  return found == watch.served.end() ? nullptr : &*found;
}

const Served* first_silent(const Watch& watch) {
  const auto found = std::find_if(watch.served.begin(), watch.served.end(),
                                  [](const Served& one) { return one.fingerprint.empty(); });
  return found == watch.served.end() ? nullptr : &*found;
}

bool is_wrong(WatchState state) { return state == WatchState::wrong || state == WatchState::parked; }

const Trouble* cause_of(const std::optional<Deployment>& deployment) {
  if (!deployment) return nullptr;
  if (const auto* back = std::get_if<RolledBack>(&deployment->state)) return &back->cause;
  if (const auto* failed = std::get_if<DeployFailed>(&deployment->state)) return &failed->cause;
  return nullptr;
}

AlarmDraft failed_alarm(const WatchWords& words, const Watch& watch) {
  AlarmDraft draft{AlarmKind::deployment_failed, words.server, {}, {}, {}};
  draft.text = words.label + " could not be deployed to " + words.server;
  if (const Trouble* cause = cause_of(words.facts.last)) {
    draft.text += ": " + cause->message();
    draft.hint = cause->hint;
    const std::size_t size = cause->detail.size();
    draft.detail = cause->detail.substr(size > kMostDetail ? size - kMostDetail : 0);
  }
  draft.text += "; it is tried again at " + to_rfc3339(watch.wake_at);
  return draft;
}

AlarmDraft wrong_alarm(const WatchWords& words, const Watch& watch) {
  AlarmDraft draft{AlarmKind::listener_wrong, words.server, {}, {}, {}};
  draft.text = words.server + " presents another certificate than " + words.label;
  if (const Served* wrong = first_wrong(watch, words.facts.expected)) {
    draft.text += ": at " + wrong->target + " one of " + wrong->subject + " by " + wrong->issuer +
                  ", until " + to_rfc3339(wrong->not_after);
    draft.detail = "expected " + words.facts.expected + "\npresented " + wrong->fingerprint;
  }
  draft.text += words.facts.current ? "; it comes back after each deployment"
                                    : "; what was deployed there is not the newest version";
  draft.hint = "find out what changes the files or the configuration of " + words.server +
               " (a backup, another program), then run 'certmgr deploy " + words.label + " --server " +
               words.server + "'";
  return draft;
}

AlarmDraft down_alarm(const WatchWords& words, const Watch& watch) {
  AlarmDraft draft{AlarmKind::listener_down, words.server, {}, {}, {}};
  draft.text = "no TLS handshake with " + words.server;
  if (const Served* silent = first_silent(watch))
    draft.text += " at " + silent->target + ": " + silent->trouble;
  draft.text += " (" + std::to_string(watch.unreachable_looks) + " times in a row)";
  draft.hint =
      "see that the server runs and listens there; where it should not, change it with 'certmgr server set " +
      words.server + " --verify'";
  return draft;
}

}  // namespace

std::optional<EventDraft> WatchWords::event(const Watch& before, const WatchStep& step) const {
  const Watch& after = step.watch;
  const auto* again = std::get_if<DeployAgain>(&step.action);
  const bool repairs = again != nullptr && again->reason == "repair";
  EventDraft event{{}, server, {{"certificate", label}, {"expected", facts.expected}}};
  if (repairs || (is_wrong(after.state) && !is_wrong(before.state))) {
    event.kind = "watch.wrong";
    event.data["repair"] = repairs ? "yes" : "no";
    if (const Served* wrong = first_wrong(after, facts.expected)) {
      event.data["target"] = wrong->target;
      event.data["presented"] = wrong->fingerprint;
      event.data["subject"] = wrong->subject;
    }
    return event;
  }
  if (after.state == WatchState::unreachable && before.state != WatchState::unreachable) {
    event.kind = "watch.unreachable";
    if (const Served* silent = first_silent(after)) {
      event.data["target"] = silent->target;
      event.data["trouble"] = silent->trouble;
    }
    return event;
  }
  if (after.state == WatchState::good &&
      (is_wrong(before.state) || before.state == WatchState::unreachable)) {
    event.kind = "watch.good";
    return event;
  }
  return std::nullopt;
}

AlarmDraft WatchWords::alarm(AlarmKind kind, const Watch& watch) const {
  if (kind == AlarmKind::deployment_failed) return failed_alarm(*this, watch);
  return kind == AlarmKind::listener_wrong ? wrong_alarm(*this, watch) : down_alarm(*this, watch);
}

}  // namespace certmgr
