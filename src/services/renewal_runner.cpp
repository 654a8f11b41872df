// SPDX-License-Identifier: MIT
#include "certmgr/services/renewal_runner.h"

#include <algorithm>
#include <set>

#include "certmgr/domain/ca_choice.h"
#include "certmgr/domain/retry.h"
#include "services/alarm_moment.h"

namespace certmgr {
namespace {

/// One failure is no reason to wake anybody.
constexpr int kFailuresBeforeAlarm = 2;
/// An order that meets troubles for so long is one.
constexpr Duration kTroubledOrder = std::chrono::hours(1);
/// What begins so soon counts as valid: our clock may be behind the CA's.
constexpr Duration kClockSlack = std::chrono::minutes(5);

bool is_account_trouble(const Trouble& trouble) {
  static const std::set<std::string> kCodes{"acme_userActionRequired",
                                            "acme_externalAccountRequired",
                                            "acme_invalidContact",
                                            "terms_not_agreed",
                                            "acme_unsupportedContact",
                                            "acme_accountDoesNotExist",
                                            "eab_unusable",
                                            "account_key_unusable"};
  return kCodes.contains(trouble.code);
}

std::optional<Trouble> end_of(const Order& order) {
  if (const auto* failed = std::get_if<Failed>(&order.state)) return failed->trouble;
  if (const auto* kept = std::get_if<Quarantined>(&order.state)) return kept->trouble;
  return std::nullopt;
}

AlarmDraft alarm_of(AlarmKind kind, const std::string& subject, const std::string& begin,
                    const Trouble& trouble) {
  return {kind, subject, begin + trouble.message(), trouble.hint, trouble.detail};
}

std::optional<EventDraft> event_of(const Renewal& before, const Renewal& after, const std::string& label) {
  if (before.state == after.state && before.failures == after.failures) return std::nullopt;
  // Orders tell of themselves; only what the renewal itself decided is news.
  if (after.state != RenewalState::failing && after.state != RenewalState::parked) return std::nullopt;
  EventDraft event{"renewal." + std::string(to_string(after.state)), label, {}};
  event.data["failures"] = std::to_string(after.failures);
  if (after.trouble) {
    event.data["code"] = after.trouble->code;
    event.data["trouble"] = after.trouble->message();
  }
  if (after.state == RenewalState::failing) event.data["again_at"] = to_rfc3339(after.wake_at);
  return event;
}

}  // namespace

RenewalFacts RenewalRunner::facts_of(const Certificate& certificate, std::optional<Order>& last,
                                     std::optional<Order>& made_for) {
  RenewalFacts facts;
  facts.version = parts_.certificates.current(certificate.id);
  if (facts.version) facts.suggested = parts_.renewal_infos.suggested(facts.version->id);
  facts.terms = renewal_terms(certificate.spec);
  if (facts.version && parts_.revocations.revocation(facts.version->id)) {
    const auto request = parts_.revocations.requested(facts.version->id);
    facts.retired = request && !request->renew;
    facts.revoked = !facts.retired;
  }
  last = parts_.orders.last_order(certificate.id);
  if (!last) return facts;
  if (facts.version) {
    const auto* issued = std::get_if<Issued>(&last->state);
    const bool made_it = issued != nullptr && issued->version_id == facts.version->id;
    made_for = made_it ? last : parts_.orders.last_issued(certificate.id);
  }
  facts.fits = made_for && !needs_new_order(*made_for, certificate.spec);
  facts.changed =
      needs_new_order(*last, certificate.spec) || proven_differently(last->spec, certificate.spec);
  facts.order_open = !is_final(last->state);
  if (facts.order_open) return facts;
  facts.last_order = last->id;
  facts.last_issued = std::holds_alternative<Issued>(last->state);
  facts.withdrawn = std::holds_alternative<Withdrawn>(last->state);
  facts.last_trouble = end_of(*last);
  if (!facts.last_trouble) return facts;
  const bool unproven = is_unproven(*facts.last_trouble);
  facts.unattended =
      (unproven && (last->unattended || has_another_way(*last))) || has_another_ca(*last, parts_.clock.now());
  facts.last_trouble = lightest_trouble(*last, *facts.last_trouble);
  return facts;
}

StepResult RenewalRunner::step(std::int64_t certificate_id, Progress& progress) {
  const auto certificate = parts_.certificates.certificate(certificate_id);
  const auto before = parts_.renewals.renewal(certificate_id);
  if (!certificate || !before) return {.finished = true, .wake_at = {}, .trouble = {}};
  std::optional<Order> last;
  std::optional<Order> made_for;
  RenewalFacts facts = facts_of(*certificate, last, made_for);
  if (is_enrolled(certificate->spec)) add_enrollment_facts(*certificate, facts);
  const Instant now = parts_.clock.now();
  auto [after, action] = look_after(*before, facts, now, parts_.clock.jitter());
  const bool valid = facts.version && facts.version->not_before <= now + kClockSlack;
  const bool deployable = valid && !facts.revoked && !facts.retired;
  const bool held_back = made_for && !made_for->deploy;
  // While people decide about the next one, what there is, or stands in, belongs on the servers.
  const bool next_is_near = facts.order_open && !is_enrolled(certificate->spec);
  if (deployable && !held_back && !next_is_near) open_deployments(*certificate, *facts.version);
  std::optional<RenewalStore::Opening> opens;
  if (const auto* order = std::get_if<OpenOrder>(&action)) {
    if (is_enrolled(certificate->spec))
      open_enrollment(*certificate, facts, progress);
    else
      opens = draft_of(*certificate, order->reason, facts, last, made_for);
  }
  if (is_enrolled(certificate->spec)) {
    end_stand_in(*certificate, facts, progress);
    stand_in(*certificate, facts, after, last, progress);
  }
  try {
    if (!facts.retired) tell(*certificate, *before, after, facts, last);
  } catch (const Failure& failure) {
    // What keeps a person from being told does not keep a certificate from being ordered.
    if (!opens) throw;
    progress.warn(certificate->spec.label, failure.trouble().message());
  }
  if (facts.version && !facts.retired) {
    const Instant alarm = alarm_after(*facts.version, after);
    if (alarm > now) after.wake_at = std::min(after.wake_at, alarm);
    if (!valid) after.wake_at = std::min(after.wake_at, facts.version->not_before);
  }
  if (after.state == RenewalState::parked && before->judged_order != after.judged_order)
    progress.warn(certificate->spec.label, "is not tried again before a person has changed something: " +
                                               after.trouble.value_or(Trouble{}).hint);
  // Also where nothing is new: whoever woke it has made it due, and it is due later.
  parts_.renewals.save_renewal({after, event_of(*before, after, certificate->spec.label), std::move(opens)});
  return {.finished = false, .wake_at = after.wake_at, .trouble = {}, .given_back = true};
}

RenewalStore::Opening RenewalRunner::draft_of(const Certificate& certificate, const std::string& reason,
                                              const RenewalFacts& facts, const std::optional<Order>& last,
                                              const std::optional<Order>& made_for) {
  Order order = draft_order(certificate, parts_.fallback_cas, last, parts_.clock.now());
  order.reason = reason;
  order.replaces = replaceable(order.spec, facts.version, made_for, last);
  if (facts.version) order.needed_by = facts.version->not_after;
  return {order, opened_event(order)};
}

void RenewalRunner::open_deployments(const Certificate& certificate, const Version& version) {
  for (const auto& server : parts_.certificates.servers_of(certificate.id)) {
    const auto last = parts_.deployments.last_deployment(certificate.id, server.id);
    if (last && last->version_id == version.id) continue;
    Deployment deployment;
    deployment.version_id = version.id;
    deployment.server_id = server.id;
    deployment.reason = version.number > 1 ? "renew" : "issue";
    deployment.created_at = deployment.entered_at = deployment.wake_at = parts_.clock.now();
    static_cast<void>(parts_.deployments.open_deployment(
        deployment, {"deployment.pending", certificate.spec.label, {{"server", server.name}}}));
  }
}

/// Against a certificate that ends.
std::string RenewalRunner::what_helps(const Certificate& certificate) const {
  if (parts_.enrollments != nullptr) {
    if (const auto waiting = parts_.enrollments->open_enrollment(certificate))
      return "see 'certmgr enrollment show " + std::to_string(waiting->id) + "' for who must act";
  }
  return "run 'certmgr renew " + certificate.spec.label + "' and read what it says";
}

void RenewalRunner::tell(const Certificate& certificate, const Renewal& before, const Renewal& renewal,
                         const RenewalFacts& facts, const std::optional<Order>& last) {
  const auto& label = certificate.spec.label;
  const Instant now = parts_.clock.now();
  if (facts.last_issued && renewal.state == RenewalState::fresh) {
    if (before.judged_order == renewal.judged_order) return;  // said already
    parts_.alarms.clear(AlarmKind::renewal_failing, label);
    parts_.alarms.clear(AlarmKind::enrollment_waiting, label);
    parts_.alarms.clear(AlarmKind::expiry_near, label);
    parts_.alarms.clear(AlarmKind::ca_account, last->spec.ca);
    return;
  }
  std::optional<Trouble> trouble = renewal.trouble;
  bool failing = renewal.state == RenewalState::parked || renewal.failures >= kFailuresBeforeAlarm;
  if (facts.order_open && last && !is_final(last->state) && last->last_trouble) {
    trouble = last->last_trouble;
    // What waits for room within a rate limit goes on by itself; should it get late, its expiry is told.
    const bool waits_for_room = trouble->code == "ca_rate_limit";
    failing = failing || (!waits_for_room && now - last->created_at >= kTroubledOrder);
    if (trouble->kind == TroubleKind::waiting)
      parts_.alarms.raise(alarm_of(AlarmKind::enrollment_waiting, label, "waiting: ", *trouble));
  }
  // Told once for the CA, however many certificates wait for it.
  const bool of_ca = trouble && (is_account_trouble(*trouble) || (failing && is_silence(*trouble)));
  if (of_ca)
    parts_.alarms.raise(
        alarm_of(AlarmKind::ca_account, last ? last->spec.ca : certificate.spec.ca, "", *trouble));
  else if (trouble && failing)
    parts_.alarms.raise(
        alarm_of(AlarmKind::renewal_failing, label, "cannot renew " + label + ": ", *trouble));
  if (!facts.version || now < alarm_after(*facts.version, renewal)) return;
  AlarmDraft draft{AlarmKind::expiry_near,
                   label,
                   label + (now < facts.version->not_after ? " expires at " : " has expired at ") +
                       to_rfc3339(facts.version->not_after) + " and is not renewed",
                   what_helps(certificate),
                   {}};
  if (trouble) draft.detail = trouble->message();
  parts_.alarms.raise(draft);
}

}  // namespace certmgr
