// SPDX-License-Identifier: MIT
#include <algorithm>

#include "certmgr/domain/organization_validation.h"
#include "domain/overloaded.h"

namespace certmgr {
namespace {

using State = ValidationState;

tl::unexpected<Trouble> refuse(const OrganizationValidation& validation, std::string code, std::string why,
                               std::string hint) {
  return fail({.kind = TroubleKind::usage,
               .code = std::move(code),
               .what = "cannot move the " + std::string(to_string(validation.level)) + " validation at " +
                       validation.ca,
               .why = std::move(why),
               .hint = std::move(hint)});
}

/// What can be done instead.
std::string way_out(State state) {
  switch (state) {
    case State::draft:
      return "submit it first";
    case State::submitted:
      return "record first that the CA has taken it up: certmgr org acknowledge";
    case State::in_vetting:
      return "the CA is vetting: certmgr org ask, validated or reject, when it speaks";
    case State::action_required:
      return "the CA waits for an answer: certmgr org answer, when it has been given";
    case State::validated:
    case State::expiring:
      return "it is in force; a new cycle begins with certmgr org revalidate";
    case State::expired:
    case State::suspended:
      return "begin anew with certmgr org revalidate";
    case State::rejected:
      return "begin anew with certmgr org submit";
  }
  return "";
}

Result<void> only_from(const OrganizationValidation& validation, std::initializer_list<State> states,
                       const ValidationEvent& event) {
  if (std::find(states.begin(), states.end(), validation.state) != states.end()) return {};
  return refuse(validation, "wrong_state",
                "it is " + std::string(to_string(validation.state)) + ", and '" +
                    std::string(name_of(event)) + "' does not follow on that",
                way_out(validation.state));
}

/// What the CA has said so far says nothing about another submission.
void forget_findings(OrganizationValidation& validation) {
  validation.asked.clear();
  validation.url.clear();
  validation.reason.clear();
  validation.collected_at.reset();
  validation.expires.reset();
  validation.items.clear();
  validation.reminded = 0;
  validation.chased_at.reset();
}

/// EV stands on each of these (EV Guidelines 3.2.2.14.3); the trade name only where there is one, which the
/// record knows.
constexpr std::initializer_list<VettingItem> kNeededForEv{VettingItem::legal_existence, VettingItem::address,
                                                          VettingItem::contact_method,
                                                          VettingItem::operational, VettingItem::authority};

Result<void> take_evidence(OrganizationValidation& validation, const Validated& said, Instant now) {
  const Day today = day_of(now);
  validation.items = said.items;
  if (validation.level == OrganizationLevel::ev)
    for (const auto item : kNeededForEv) {
      if (validation.items.contains(item)) continue;
      if (!said.collected_at)
        return refuse(validation, "bad_validation",
                      "EV needs the day on which '" + std::string(to_string(item)) + "' was collected",
                      "give --item " + std::string(to_string(item)) +
                          "=YYYY-MM-DD, or --collected-at for all that are not named");
      validation.items[item] = *said.collected_at;
    }
  std::optional<Day> oldest = said.collected_at;
  for (const auto& [item, day] : validation.items) {
    if (day > today)
      return refuse(validation, "bad_validation",
                    "'" + std::string(to_string(item)) + "' was collected on " + to_text(day) +
                        ", which lies in the future",
                    "give the day on which the CA collected it");
    oldest = std::min(oldest.value_or(day), day);
  }
  if (!oldest)
    return refuse(validation, "bad_validation", "the day on which the CA collected the evidence is missing",
                  "give --collected-at YYYY-MM-DD; not the day on which the CA said so");
  if (*oldest > today)
    return refuse(validation, "bad_validation",
                  "the evidence was collected on " + to_text(*oldest) + ", which lies in the future",
                  "give the day on which the CA collected it");
  validation.collected_at = oldest;
  validation.expires = evidence_expiry(*oldest);
  if (said.valid_until) validation.expires = std::min(*validation.expires, *said.valid_until);
  if (*validation.expires <= today)
    return refuse(validation, "bad_validation",
                  "it would have ended on " + to_text(*validation.expires) + ": evidence is good for " +
                      std::to_string(kEvidenceLife.count()) + " days from the day it was collected",
                  "the CA must collect it anew");
  return {};
}

void enter(OrganizationValidation& validation, State state, Instant now) {
  validation.state = state;
  validation.entered_at = now;
}

/// From which states the event is possible.
std::initializer_list<State> states_for(const ValidationEvent& event) {
  static constexpr std::initializer_list<State> draft{State::draft};
  static constexpr std::initializer_list<State> submitted{State::submitted};
  static constexpr std::initializer_list<State> vetting{State::in_vetting};
  static constexpr std::initializer_list<State> asked{State::action_required};
  static constexpr std::initializer_list<State> at_the_ca{State::in_vetting, State::action_required};
  static constexpr std::initializer_list<State> in_force{State::validated, State::expiring};
  static constexpr std::initializer_list<State> over{State::expired, State::suspended};
  // What a CA is vetting is as void after an edit as what it has vetted.
  static constexpr std::initializer_list<State> standing{
      State::submitted, State::in_vetting, State::action_required, State::validated, State::expiring};
  return std::visit(overloaded{
                        [](const Submitted&) { return draft; },
                        [](const Acknowledged&) { return submitted; },
                        [](const ActionAsked&) { return vetting; },
                        [](const Answered&) { return asked; },
                        [](const Validated&) { return vetting; },
                        [](const Refused&) { return at_the_ca; },
                        [](const RecordEdited&) { return standing; },
                        [](const Resubmitted&) { return over; },
                        [](const Replaced&) { return in_force; },
                    },
                    event);
}

}  // namespace

Result<OrganizationValidation> apply(const OrganizationValidation& validation, const ValidationEvent& event,
                                     Instant now) {
  if (auto possible = only_from(validation, states_for(event), event); !possible)
    return fail(std::move(possible.error()));
  auto next = validation;
  Result<void> taken;
  std::visit(overloaded{
                 [&](const Submitted& submitted) {
                   next.record_version = submitted.record_version;
                   next.ca_reference = submitted.ca_reference;
                   enter(next, State::submitted, now);
                 },
                 [&](const Acknowledged& acknowledged) {
                   if (!acknowledged.ca_reference.empty()) next.ca_reference = acknowledged.ca_reference;
                   next.chased_at = now;
                   enter(next, State::in_vetting, now);
                 },
                 [&](const ActionAsked& asked) {
                   next.asked = asked.what;
                   next.url = asked.url;
                   enter(next, State::action_required, now);
                 },
                 [&](const Answered&) {
                   next.asked.clear();
                   next.url.clear();
                   next.chased_at = now;
                   enter(next, State::in_vetting, now);
                 },
                 [&](const Validated& said) {
                   taken = take_evidence(next, said, now);
                   enter(next, State::validated, now);
                 },
                 [&](const Refused& refused) {
                   next.reason = refused.reason;
                   enter(next, State::rejected, now);
                 },
                 [&](const RecordEdited& edited) {
                   next.reason = "version " + std::to_string(edited.record_version) +
                                 " of the record changes " + edited.fields;
                   enter(next, State::suspended, now);
                 },
                 [&](const Resubmitted& again) {
                   forget_findings(next);
                   next.record_version = again.record_version;
                   enter(next, State::submitted, now);
                 },
                 [&](const Replaced&) {
                   next.reason = "replaced by a newer validation";
                   enter(next, State::expired, now);
                 },
             },
             event);
  if (!taken) return fail(std::move(taken.error()));
  return next;
}

}  // namespace certmgr
