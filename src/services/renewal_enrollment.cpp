// SPDX-License-Identifier: MIT
// The upkeep of certificates that vouch for an organization.
#include "certmgr/domain/ca_choice.h"
#include "certmgr/services/renewal_runner.h"
#include "services/alarm_moment.h"
#include "services/enrollment_order.h"

namespace certmgr {
namespace {

/// Whom the audit log names for what nobody asked for.
const enrollment::Actor& scheduler() {
  static const enrollment::Actor actor{"certmgr", {enrollment::Role::scheduler}};
  return actor;
}

/// Why an enrollment that has ended gave no certificate.
std::optional<Trouble> end_of(const enrollment::Enrollment& ended) {
  if (const auto* failed = std::get_if<enrollment::Failed>(&ended.state)) return failed->trouble;
  if (const auto* expired = std::get_if<enrollment::Expired>(&ended.state)) return expired->trouble;
  if (const auto* denied = std::get_if<enrollment::Denied>(&ended.state))
    return Trouble{.kind = TroubleKind::permanent,
                   .code = "approval_denied",
                   .what = "the request for " + ended.request.spec.label + " was denied",
                   .why = denied->by + " said: " + denied->reason,
                   .hint = "request it anew with certmgr issue"};
  return std::nullopt;
}

/// A stand-in that came to nothing is ordered again after so long.
constexpr Duration kStandInPause = std::chrono::hours(6);

}  // namespace

void RenewalRunner::stand_in(const Certificate& certificate, const RenewalFacts& facts,
                             const Renewal& renewal, const std::optional<Order>& last, Progress& progress) {
  const Instant now = parts_.clock.now();
  if (!parts_.stand_in_ca || !facts.version || facts.retired || now < alarm_after(*facts.version, renewal))
    return;
  const auto ca = parts_.stand_in_ca(certificate.spec);
  if (!ca) return;
  // The newest order may be the one that is waited for: then what stands in is the version in use.
  const auto one =
      last && last->enrollment_id != 0 ? parts_.orders.order_of_version(facts.version->id) : last;
  const bool was_one = one && one->enrollment_id == 0;
  if (was_one && (!is_final(one->state) || now - one->entered_at < kStandInPause)) return;
  Certificate plain = certificate;
  // What was issued was approved; what the certificate is to be by now need not be.
  if (const auto issued = parts_.orders.last_issued(certificate.id)) {
    plain.spec.identifiers = issued->spec.identifiers;
    plain.spec.csr = issued->spec.csr;
    plain.spec.key_type = issued->spec.key_type;
  }
  plain.spec.ca = *ca;
  plain.spec.level = "dv";
  plain.spec.organization.clear();
  plain.spec.profile = {};
  Order order = draft_order(plain, {}, std::nullopt, now);
  order.reason = "stand_in";
  order.needed_by = facts.version->not_after;
  EventDraft event = opened_event(order);
  event.data["reason"] = "the enrollment takes longer than the certificate lives";
  static_cast<void>(parts_.orders.open(order, event));
  progress.warn(certificate.spec.label,
                "expires before its enrollment has ended: a certificate that vouches "
                "for nobody is ordered to stand in");
}

void RenewalRunner::end_stand_in(const Certificate& certificate, const RenewalFacts& facts,
                                 Progress& progress) {
  if (!facts.version) return;
  for (const auto& order : parts_.orders.unsettled_orders(certificate.id)) {
    if (is_final(order.state) || !is_stand_in_too_late(order, facts.version->not_after)) continue;
    // Its task goes on and withdraws what it has published.
    static_cast<void>(parts_.orders.save(
        {given_up(order, parts_.clock.now()),
         {"order.withdrawn", order.spec.label, {{"why", "the certificate it was to stand in for has come"}}},
         std::nullopt,
         std::nullopt,
         {}}));
    progress.step(certificate.spec.label, "the order that was to stand in is not needed any more");
  }
}

void RenewalRunner::add_enrollment_facts(const Certificate& certificate, RenewalFacts& facts) {
  if (parts_.enrollments == nullptr) return;
  facts.lead = parts_.enrollments->lead(certificate);
  const auto last = parts_.enrollments->last_enrollment(certificate);
  facts.last_order = 0;
  facts.changed = false;
  if (!last) return;
  if (!enrollment::is_final(last->state)) {
    facts.order_open = true;
    return;
  }
  // Whoever ended it need not have known of the alarm.
  parts_.alarms.clear(AlarmKind::enrollment_waiting, certificate.spec.label);
  facts.last_order = -last->id;
  facts.last_issued = std::holds_alternative<enrollment::Issued>(last->state);
  facts.withdrawn = std::holds_alternative<enrollment::Withdrawn>(last->state);
  facts.last_trouble = end_of(*last);
  facts.unattended = false;
}

void RenewalRunner::open_enrollment(const Certificate& certificate, const RenewalFacts& facts,
                                    Progress& progress) {
  // The first of a kind, and what was changed since, is a person's wish and never the scheduler's.
  if (parts_.enrollments == nullptr || !facts.fits) return;
  if (parts_.enrollments->open_enrollment(certificate)) return;  // somebody was faster
  const auto& label = certificate.spec.label;
  try {
    const auto wished =
        parts_.enrollments->wish(certificate.spec, certificate, {}, {.renewal = true}, scheduler());
    if (!wished.enrollment) return;
    progress.step(label, "enrollment " + std::to_string(wished.enrollment->id) +
                             " requests its renewal and is " +
                             std::string(enrollment::name_of(wished.enrollment->state)));
  } catch (const Failure& failure) {
    // The record of the organization is not good enough any more, or is gone.
    if (failure.trouble().kind != TroubleKind::usage) throw;
    parts_.alarms.raise({AlarmKind::renewal_failing,
                         label,
                         "cannot request the renewal of " + label + ": " + failure.trouble().message(),
                         failure.trouble().hint,
                         {}});
  }
}

}  // namespace certmgr
