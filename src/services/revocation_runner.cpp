// SPDX-License-Identifier: MIT
#include "certmgr/services/revocation_runner.h"

#include <algorithm>

#include "certmgr/domain/retry.h"

namespace certmgr {
namespace {

constexpr Duration kEvery = std::chrono::hours(12);
constexpr Duration kWithoutList = std::chrono::hours(24);      // the next version may name one
constexpr Duration kUntilReplaced = std::chrono::minutes(10);  // asks the store alone
constexpr Duration kLeast = std::chrono::minutes(5);
constexpr int kFromMinutes = 8;  // retry_delay's ninth wait is the first of about four minutes

/// Up to a tenth earlier: certificates issued together need not be asked about together.
Duration spread(Duration length, double jitter) {
  return length - Duration(static_cast<Duration::rep>(static_cast<double>(length.count()) / 10 * jitter));
}

EventDraft event_of(const Certificate& certificate, const Version& version, const Revocation& revocation) {
  return {"certificate.revoked",
          certificate.spec.label,
          {{"version", std::to_string(version.number)},
           {"serial", version.serial},
           {"revoked_at", to_rfc3339(revocation.revoked_at)},
           {"reason", revocation.reason}}};
}

AlarmDraft alarm_of(const Certificate& certificate, const Version& version, const Revocation& revocation) {
  AlarmDraft draft{AlarmKind::revoked, certificate.spec.label, {}, {}, {}};
  draft.text = version.issuer + " has revoked the certificate of " + certificate.spec.label + " on " +
               to_rfc3339(revocation.revoked_at) +
               (revocation.reason.empty() ? "" : ": " + revocation.reason);
  draft.hint = "a new one with a new key is ordered by itself; ask the CA why, if you did not revoke it";
  draft.detail = "serial " + version.serial;
  return draft;
}

}  // namespace

StepResult RevocationRunner::again_at(std::int64_t certificate_id, Instant at) {
  parts_.revocations.check_again(certificate_id, at);
  return {.finished = false, .wake_at = at, .trouble = {}};
}

StepResult RevocationRunner::step(std::int64_t certificate_id, Progress& progress) {
  const auto certificate = parts_.certificates.certificate(certificate_id);
  if (!certificate) return {.finished = true, .wake_at = {}, .trouble = {}};
  const auto version = parts_.certificates.current(certificate_id);
  const Instant now = parts_.clock.now();
  const double jitter = parts_.clock.jitter();
  if (!version) return again_at(certificate_id, now + spread(kEvery, jitter));
  if (const auto known = parts_.revocations.revocation(version->id))
    return revoked(*certificate, *version, *known);
  clear_earlier(*certificate, *version);
  if (now >= version->not_after) return again_at(certificate_id, now + spread(kEvery, jitter));

  progress.step(certificate->spec.label, "asking whether it was revoked");
  auto answer = parts_.source.ask(version->chain_pem);
  if (!answer) return not_told(certificate_id, std::move(answer.error()));
  forget_failures(certificate_id);
  if (answer->revoked)
    return revoked(*certificate, *version, {version->id, answer->revoked_at, answer->reason});
  if (!answer->known) return again_at(certificate_id, now + spread(kWithoutList, jitter));
  Duration pause = kEvery;
  if (answer->next_update) pause = std::clamp(Duration(*answer->next_update - now), kLeast, kEvery);
  return again_at(certificate_id, now + spread(pause, jitter));
}

/// The alarm before the save: killed in between, the CA is asked again and says the same. Whoever asked for
/// the revocation need not be woken.
StepResult RevocationRunner::revoked(const Certificate& certificate, const Version& version,
                                     const Revocation& revocation) {
  const auto request = parts_.revocations.requested(version.id);
  if (!request) parts_.alarms.raise(alarm_of(certificate, version, revocation));
  parts_.revocations.save_revocation(revocation, event_of(certificate, version, revocation));
  const bool nobody_waits = request && !request->renew;
  return again_at(certificate.id, parts_.clock.now() + (nobody_waits ? kWithoutList : kUntilReplaced));
}

void RevocationRunner::clear_earlier(const Certificate& certificate, const Version& version) {
  const auto versions = parts_.certificates.versions(certificate.id);
  const bool replaced = std::any_of(versions.begin(), versions.end(), [&](const Version& earlier) {
    return earlier.id != version.id && parts_.revocations.revocation(earlier.id);
  });
  if (replaced) parts_.alarms.clear(AlarmKind::revoked, certificate.spec.label);
}

StepResult RevocationRunner::not_told(std::int64_t certificate_id, Trouble trouble) {
  int failures = 0;
  {
    const std::scoped_lock lock(mutex_);
    failures = ++failures_[certificate_id];
  }
  const Instant now = parts_.clock.now();
  Instant at = now + retry_delay(failures + kFromMinutes, parts_.clock.jitter(), kEvery);
  if (trouble.retry_at) at = std::clamp(*trouble.retry_at, at, std::max(at, now + kEvery));
  parts_.revocations.check_again(certificate_id, at);
  return {.finished = false, .wake_at = at, .trouble = std::move(trouble), .failures = failures};
}

void RevocationRunner::forget_failures(std::int64_t certificate_id) {
  const std::scoped_lock lock(mutex_);
  failures_.erase(certificate_id);
}

}  // namespace certmgr
