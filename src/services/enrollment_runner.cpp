// SPDX-License-Identifier: MIT
#include "certmgr/services/enrollment_runner.h"

#include <algorithm>

#include "certmgr/domain/ca_choice.h"
#include "certmgr/domain/enrollment/audit.h"
#include "certmgr/domain/order_machine.h"
#include "certmgr/domain/renewal_info.h"
#include "services/enrollment_order.h"

namespace certmgr {

using enrollment::Context;
using enrollment::Enrollment;

namespace {

/// What hinders may have gone without a word: an entry of the configuration, a clock.
constexpr Duration kBlockedLook = std::chrono::hours(1);

bool is_blocked(const enrollment::State& state) {
  return std::holds_alternative<enrollment::BlockedOrg>(state) ||
         std::holds_alternative<enrollment::BlockedCa>(state);
}

bool is_gated(const enrollment::State& state) {
  return is_blocked(state) || std::holds_alternative<enrollment::Approved>(state);
}

bool is_placed(const enrollment::State& state) {
  return std::holds_alternative<enrollment::Ordered>(state) ||
         std::holds_alternative<enrollment::ActionRequired>(state);
}

/// The validation in force, else the newest one.
std::optional<OrganizationValidation> standing(const std::vector<OrganizationValidation>& cycles,
                                               const enrollment::Request& request) {
  std::optional<OrganizationValidation> newest;
  for (const auto& cycle : cycles) {
    if (cycle.ca != request.spec.ca || cycle.level != request.level) continue;
    if (is_in_force(cycle.state)) return cycle;
    if (!newest) newest = cycle;
  }
  return newest;
}

Trouble withdrawn(const Order& order) {
  return {.kind = TroubleKind::permanent,
          .code = "order_withdrawn",
          .what = "the order for " + order.spec.label + " was given up",
          .why = "another command withdrew it",
          .hint = "request it anew with certmgr issue"};
}

/// When to look again though nothing was saved.
Instant next_look(const enrollment::Look& look, Instant now) {
  const Instant limit = look.wake_at.value_or(Instant::max());
  if (is_blocked(look.enrollment.state)) return std::min(limit, now + kBlockedLook);
  return std::min<Instant>(limit, now + std::chrono::hours(24));
}

}  // namespace

std::optional<CaEntry> EnrollmentRunner::ca_of(const Enrollment& enrollment) {
  for (auto& entry : parts_.cas())
    if (entry.name == enrollment.request.spec.ca) return std::move(entry);
  return std::nullopt;
}

enrollment::GateFacts EnrollmentRunner::gates(const Enrollment& enrollment) {
  enrollment::GateFacts facts;
  facts.validation =
      standing(parts_.organizations.validations(enrollment.request.organization_id), enrollment.request);
  const auto level = certificate_level(enrollment.request.level);
  const auto entry = ca_of(enrollment);
  const bool offered =
      entry && std::find(entry->levels.begin(), entry->levels.end(), level) != entry->levels.end();
  if (!offered)
    facts.ca = enrollment::CaStanding::level_not_offered;
  else if (!parts_.can_have_account(entry->name))
    facts.ca = enrollment::CaStanding::eab_consumed;
  facts.subject_today = parts_.desk.subject_today(enrollment.id);
  if (enrollment.grant_id != 0) facts.grant = parts_.store.grant(enrollment.grant_id);
  return facts;
}

IdentityVerdict EnrollmentRunner::judged(const Order& order, std::int64_t version_id) {
  const auto version = parts_.certificates.version(version_id).value_or(Version{});
  const auto facts = value_or_throw(parts_.read_chain(version.chain_pem));
  const auto key = parts_.certificates.key(version.key_id);
  return judge_identity(facts, expectation_of(order.spec, key ? key->spki_sha256 : std::string()),
                        order.identity.value_or(IdentityExpectation{}), version.created_at);
}

std::optional<enrollment::Event> EnrollmentRunner::learned_of_order(const Enrollment& enrollment,
                                                                    const Order& order) {
  std::int64_t version_id = 0;
  if (const auto* issued = std::get_if<Issued>(&order.state)) version_id = issued->version_id;
  if (const auto* kept = std::get_if<Quarantined>(&order.state)) version_id = kept->version_id;
  if (version_id != 0) {
    const auto entry = ca_of(enrollment);
    return enrollment::CertificateSeen{version_id, judged(order, version_id),
                                       entry && entry->placeholder_first};
  }
  const bool asked = std::holds_alternative<enrollment::ActionRequired>(enrollment.state);
  if (const auto* failed = std::get_if<Failed>(&order.state)) {
    if (!wants_a_person(failed->trouble)) return enrollment::OrderEnded{failed->trouble};
    if (asked) return std::nullopt;
    return enrollment::CaAsks{failed->trouble, failed->trouble.url};
  }
  if (std::holds_alternative<Withdrawn>(order.state)) return enrollment::OrderEnded{withdrawn(order)};
  if (order.last_trouble && wants_a_person(*order.last_trouble) && !asked)
    return enrollment::CaAsks{*order.last_trouble, order.last_trouble->url};
  return std::nullopt;
}

std::optional<enrollment::Event> EnrollmentRunner::learned(const Enrollment& enrollment) {
  if (is_gated(enrollment.state)) return enrollment::GatesSeen{gates(enrollment)};
  if (!is_placed(enrollment.state)) return std::nullopt;
  const auto order = parts_.orders.order(enrollment::order_of(enrollment.state).order_id);
  if (!order) return std::nullopt;
  return learned_of_order(enrollment, *order);
}

void EnrollmentRunner::place(EnrollmentStore::Save& save) {
  const auto& enrollment = save.enrollment;
  const Certificate certificate{enrollment.certificate_id, enrollment::ordered_spec(enrollment.request),
                                enrollment.created_at};
  const auto last = parts_.orders.last_order(enrollment.certificate_id);
  const auto entry = ca_of(enrollment);
  Order order = ordered_for(draft_order(certificate, {}, last, parts_.clock.now()), enrollment,
                            !entry || entry->public_rules);
  const auto current = parts_.certificates.current(enrollment.certificate_id);
  if (current) order.needed_by = current->not_after;
  order.replaces =
      replaceable(order.spec, current, parts_.orders.last_issued(enrollment.certificate_id), last);
  save.order_event = opened_event(order);
  save.order = std::move(order);
}

/// The CA is known to put the right certificate on the same order later.
void EnrollmentRunner::keep_open(EnrollmentStore::Save& save, std::int64_t order_id) {
  auto order = parts_.orders.order(order_id);
  if (!order || !std::holds_alternative<Quarantined>(order->state)) return;
  save.order_event = {"order.awaiting_ca", order->spec.label, {{"placeholder", "true"}}};
  save.order = await_replacement(std::move(*order), parts_.clock.now());
}

Enrollment EnrollmentRunner::save(Enrollment after, std::vector<EventDraft> events,
                                  std::optional<Instant> wake_at) {
  EnrollmentStore::Save save;
  save.enrollment = std::move(after);
  save.events = std::move(events);
  save.wake_at = wake_at;
  const auto* placed = std::get_if<enrollment::Ordered>(&save.enrollment.state);
  if (placed != nullptr && placed->order_id == 0) place(save);
  if (placed != nullptr && placed->placeholder_id != 0) keep_open(save, placed->order_id);
  return parts_.store.save(save);
}

void EnrollmentRunner::tell(const Enrollment& enrollment, const Context& context, bool again) {
  const auto& label = enrollment.request.spec.label;
  const auto turn = enrollment::whose_turn(enrollment, context);
  const bool slow = enrollment.reminded > 0 && std::holds_alternative<enrollment::Ordered>(enrollment.state);
  const bool a_person = turn.party == enrollment::Party::requester ||
                        turn.party == enrollment::Party::approver || turn.party == enrollment::Party::admin;
  if (!a_person && !slow) {
    parts_.alarms.clear(AlarmKind::enrollment_waiting, label);
    return;
  }
  if (slow && !again) return;  // told already
  AlarmDraft draft{AlarmKind::enrollment_waiting, label, {}, {}, {}};
  draft.text = "enrollment " + std::to_string(enrollment.id) + " (" +
               std::string(to_string(enrollment.request.level)) + ", " +
               std::string(enrollment::name_of(enrollment.state)) + ") waits for " +
               std::string(enrollment::to_string(turn.party)) + ": " + turn.what;
  draft.hint = turn.command.empty()
                   ? "see 'certmgr enrollment show " + std::to_string(enrollment.id) + "'"
                   : "look at it with 'certmgr enrollment show " + std::to_string(enrollment.id) +
                         "', then run '" + turn.command + "'";
  if (const auto* asked = std::get_if<enrollment::ActionRequired>(&enrollment.state);
      asked != nullptr && !asked->url.empty())
    draft.detail = asked->url;
  if (again)
    parts_.alarms.remind(draft);
  else
    parts_.alarms.raise(draft);
}

StepResult EnrollmentRunner::step(std::int64_t enrollment_id, Progress& progress) {
  const auto found = parts_.store.enrollment(enrollment_id);
  if (!found || enrollment::is_final(found->state)) return {.finished = true, .wake_at = {}, .trouble = {}};
  const Context context = parts_.desk.context(*found);
  auto look = enrollment::look_at(*found, context);
  Enrollment after = look.enrollment;
  std::vector<EventDraft> events;
  if (enrollment::name_of(after.state) != enrollment::name_of(found->state))
    events.push_back(enrollment::timed_event(*found, after, parts_.sha256));
  if (events.empty()) {
    if (const auto event = learned(after)) {
      const Enrollment moved = value_or_throw(enrollment::apply(after, *event, context));
      if (enrollment::name_of(moved.state) != enrollment::name_of(after.state))
        events.push_back(enrollment::moved_event(after, moved, *event, parts_.sha256));
      look = enrollment::look_at(moved, context);
      after = look.enrollment;
    }
  }
  if (!events.empty())
    progress.step(after.request.spec.label, "enrollment " + std::to_string(enrollment_id) + " is now " +
                                                std::string(enrollment::name_of(after.state)));
  // The alarms before the save: killed in between, the same look says the same again.
  tell(after, context, look.reminder.has_value());
  const Instant wake_at = next_look(look, context.now);
  after = save(std::move(after), std::move(events), wake_at);
  return {.finished = enrollment::is_final(after.state), .wake_at = wake_at, .trouble = {}};
}

}  // namespace certmgr
