// SPDX-License-Identifier: MIT
#include "certmgr/domain/watch.h"

#include <algorithm>
#include <array>
#include <utility>

#include "certmgr/domain/retry.h"

namespace certmgr {
namespace {

constexpr std::array<std::pair<WatchState, std::string_view>, 6> kStates{{
    {WatchState::unknown, "unknown"},
    {WatchState::good, "good"},
    {WatchState::wrong, "wrong"},
    {WatchState::unreachable, "unreachable"},
    {WatchState::failed, "failed"},
    {WatchState::parked, "parked"},
}};

/// Up to a tenth earlier, so that a fleet is not looked at in one moment.
Duration spread(Duration length, double jitter) {
  return length - Duration(static_cast<Duration::rep>(static_cast<double>(length.count()) / 10 * jitter));
}

/// Somewhere in the upper half.
Duration half_spread(Duration length, double jitter) {
  const double half = static_cast<double>(length.count()) / 2;
  return Duration(static_cast<Duration::rep>(half + half * jitter));
}

Duration doubled(Duration length, int times, Duration most) {
  for (int i = 0; i < times && length < most; ++i) length *= 2;
  return std::min(length, most);
}

/// When what is served now, or else what should be, is of no use any more.
std::optional<Instant> needed_by(const std::vector<Served>& served, const WatchFacts& facts) {
  std::optional<Instant> soonest;
  for (const Served& one : served)
    if (!one.fingerprint.empty() && (!soonest || one.not_after < *soonest)) soonest = one.not_after;
  return soonest ? soonest : facts.not_after;
}

const Trouble* cause_of(const Deployment& deployment) {
  if (const auto* back = std::get_if<RolledBack>(&deployment.state)) return &back->cause;
  if (const auto* failed = std::get_if<DeployFailed>(&deployment.state)) return &failed->cause;
  return nullptr;
}

/// It ended without having been tried.
bool says_nothing(const Trouble& cause) {
  return cause.code == "superseded" || cause.code == "server_removed" || cause.code == "detached";
}

WatchStep wait_until(Watch watch, Instant at) {
  watch.wake_at = at;
  return {std::move(watch), WaitForWatch{}};
}

/// Nothing to compare a listener with.
WatchStep nothing_known(Watch watch, const WatchPolicy& policy, Instant now, double jitter) {
  watch.state = WatchState::unknown;
  watch.served.clear();
  watch.checked_at.reset();
  watch.unreachable_looks = watch.failures = watch.repairs = 0;
  return wait_until(std::move(watch), now + spread(policy.every, jitter));
}

/// A deployment has proven every listener. Unless it was one of our own repairs, whose effect has yet to
/// last until the next look, what went wrong before is over.
WatchStep verified(Watch watch, const WatchFacts& facts, const WatchPolicy& policy, Instant now,
                   double jitter) {
  watch.judged_deployment = facts.last->id;
  watch.failures = watch.unreachable_looks = 0;
  watch.served = facts.last->after;
  watch.checked_at = facts.last->entered_at;
  const bool ours = facts.last->reason == "repair" || facts.last->reason == "retry";
  if (!ours) watch.repairs = 0;
  if (watch.repairs <= policy.repairs_before_alarm) watch.state = WatchState::good;
  const Instant next = facts.last->entered_at + spread(policy.every, jitter);
  if (next <= now) return {std::move(watch), LookAtListeners{}};
  return wait_until(std::move(watch), next);
}

WatchStep not_deployed(Watch watch, const WatchFacts& facts, const WatchPolicy& policy, Instant now,
                       double jitter) {
  watch.judged_deployment = facts.last->id;
  watch.state = WatchState::failed;
  watch.served = facts.last->after;
  watch.checked_at = facts.last->entered_at;
  ++watch.failures;
  const Duration most = longest_retry(needed_by(watch.served, facts), now);
  const Duration pause = doubled(policy.retry_first, watch.failures - 1, most);
  return wait_until(std::move(watch), now + half_spread(pause, jitter));
}

/// Moves the watch to `soon`: if we are killed before the deployment is open, it is looked at again.
WatchStep deploy(Watch watch, const char* reason, const WatchPolicy& policy, Instant now) {
  watch.wake_at = now + policy.soon;
  return {std::move(watch), DeployAgain{reason}};
}

WatchStep after_failure(Watch watch, const WatchFacts& facts, const WatchPolicy& policy, Instant now,
                        double jitter) {
  if (watch.judged_deployment != facts.last->id)
    return not_deployed(std::move(watch), facts, policy, now, jitter);
  if (now < watch.wake_at) return {std::move(watch), WaitForWatch{}};
  // A newer version is there: whoever obtained it deploys it.
  if (!facts.current) return wait_until(std::move(watch), now + spread(policy.every, jitter));
  return deploy(std::move(watch), "retry", policy, now);
}

WatchStep found_good(Watch watch, const WatchPolicy& policy, Instant now, double jitter) {
  watch.state = WatchState::good;
  watch.unreachable_looks = watch.failures = watch.repairs = 0;
  return wait_until(std::move(watch), now + spread(policy.every, jitter));
}

WatchStep found_silent(Watch watch, const WatchPolicy& policy, Instant now, double jitter) {
  // Parked stays parked: that a wrong listener is silent now does not make it right.
  if (watch.state != WatchState::parked) watch.state = WatchState::unreachable;
  const Duration pause = doubled(policy.soon, watch.unreachable_looks, policy.every);
  ++watch.unreachable_looks;
  return wait_until(std::move(watch), now + spread(pause, jitter));
}

/// An old version that a person brought back, or one that is about to be replaced: not ours to repair.
WatchStep found_wrong_elsewhere(Watch watch, const WatchPolicy& policy, Instant now, double jitter) {
  const Duration pause = doubled(policy.soon, watch.repairs, policy.every);
  ++watch.repairs;
  watch.state = watch.repairs > policy.repairs_before_alarm ? WatchState::parked : WatchState::wrong;
  return wait_until(std::move(watch), now + spread(pause, jitter));
}

WatchStep repair(Watch watch, WatchState state, const WatchPolicy& policy, Instant now) {
  watch.state = state;
  ++watch.repairs;
  return deploy(std::move(watch), "repair", policy, now);
}

WatchStep found_wrong(Watch watch, const WatchFacts& facts, const WatchPolicy& policy, Instant now,
                      double jitter) {
  watch.unreachable_looks = 0;
  if (!facts.current) return found_wrong_elsewhere(std::move(watch), policy, now, jitter);
  const int most = policy.repairs_before_alarm;
  if (watch.repairs < most) return repair(std::move(watch), WatchState::wrong, policy, now);
  // Somebody changes it back each time. Looked at as often as before, repaired ever more rarely.
  watch.state = WatchState::parked;
  watch.repairs = std::max(watch.repairs, most + 1);
  const Duration pause =
      doubled(policy.every * 2, watch.repairs - most - 1, longest_retry(facts.not_after, now));
  const Instant due = facts.last->entered_at + pause;
  if (due <= now) return repair(std::move(watch), WatchState::parked, policy, now);
  return wait_until(std::move(watch), std::min(due, now + spread(policy.every, jitter)));
}

}  // namespace

std::string_view to_string(WatchState state) {
  const auto* const found =
      std::find_if(kStates.begin(), kStates.end(), [&](const auto& known) { return known.first == state; });
  return found == kStates.end() ? std::string_view() : found->second;
}

std::optional<WatchState> parse_watch_state(std::string_view text) {
  for (const auto& [state, name] : kStates)
    if (name == text) return state;
  return std::nullopt;
}

WatchStep look_after(Watch watch, const WatchFacts& facts, const WatchPolicy& policy, Instant now,
                     double jitter) {
  if (!facts.last) return nothing_known(std::move(watch), policy, now, jitter);
  // Its end wakes the watch; this is for an end that nobody told us of.
  if (!is_final(facts.last->state)) return wait_until(std::move(watch), now + spread(policy.every, jitter));
  if (const Trouble* cause = cause_of(*facts.last)) {
    if (!says_nothing(*cause)) return after_failure(std::move(watch), facts, policy, now, jitter);
    watch.judged_deployment = facts.last->id;
    return nothing_known(std::move(watch), policy, now, jitter);
  }
  if (!facts.has_targets) {
    watch.judged_deployment = facts.last->id;
    return nothing_known(std::move(watch), policy, now, jitter);
  }
  if (watch.judged_deployment != facts.last->id)
    return verified(std::move(watch), facts, policy, now, jitter);
  if (now < watch.wake_at) return {std::move(watch), WaitForWatch{}};
  return {std::move(watch), LookAtListeners{}};
}

WatchStep looked(Watch watch, const WatchFacts& facts, std::vector<Served> served, const WatchPolicy& policy,
                 Instant now, double jitter) {
  if (served.empty()) return nothing_known(std::move(watch), policy, now, jitter);
  const auto silent = [](const Served& one) { return one.fingerprint.empty(); };
  const auto wrong = [&](const Served& one) { return !silent(one) && one.fingerprint != facts.expected; };
  const bool any_wrong = std::any_of(served.begin(), served.end(), wrong);
  const bool any_silent = std::any_of(served.begin(), served.end(), silent);
  watch.served = std::move(served);
  watch.checked_at = now;
  if (any_wrong) return found_wrong(std::move(watch), facts, policy, now, jitter);
  if (any_silent) return found_silent(std::move(watch), policy, now, jitter);
  return found_good(std::move(watch), policy, now, jitter);
}

bool has_unjudged_end(const Watch& watch, const std::optional<Deployment>& last) {
  return last && is_final(last->state) && last->id != watch.judged_deployment;
}

std::set<AlarmKind> alarms_of(const Watch& watch, const WatchPolicy& policy) {
  std::set<AlarmKind> alarms;
  if (watch.failures > 0) alarms.insert(AlarmKind::deployment_failed);
  if (watch.repairs > policy.repairs_before_alarm) alarms.insert(AlarmKind::listener_wrong);
  if (watch.unreachable_looks >= policy.unreachable_before_alarm) alarms.insert(AlarmKind::listener_down);
  return alarms;
}

}  // namespace certmgr
