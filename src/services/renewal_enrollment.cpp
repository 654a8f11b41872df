// SPDX-License-Identifier: MIT
// The upkeep of certificates that vouch for an organization.
#include "certmgr/services/renewal_runner.h"

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

}  // namespace

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
  facts.last_order = -last->id;
  facts.last_issued = std::holds_alternative<enrollment::Issued>(last->state);
  facts.withdrawn = std::holds_alternative<enrollment::Withdrawn>(last->state);
  facts.last_trouble = end_of(*last);
  facts.unattended = false;
}

void RenewalRunner::open_enrollment(const Certificate& certificate, const std::optional<Order>& made_for,
                                    Progress& progress) {
  // The first of a kind is a person's wish, and never the scheduler's.
  if (parts_.enrollments == nullptr || !made_for || made_for->spec.level != certificate.spec.level) return;
  const auto& label = certificate.spec.label;
  try {
    const auto opened = parts_.enrollments->open(certificate, scheduler(), true);
    progress.step(label, "enrollment " + std::to_string(opened.id) + " requests its renewal and is " +
                             std::string(enrollment::name_of(opened.state)));
  } catch (const Failure& failure) {
    // The record of the organization is not good enough any more, or is gone.
    if (failure.trouble().kind != TroubleKind::usage) throw;
    parts_.alarms.raise({AlarmKind::renewal_failing, label,
                         "cannot request the renewal of " + label + ": " + failure.trouble().message(),
                         failure.trouble().hint, {}});
  }
}

}  // namespace certmgr
