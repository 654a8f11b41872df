// SPDX-License-Identifier: MIT
#include "services/validation_alarms.h"

#include <array>
#include <set>
#include <utility>

namespace certmgr {
namespace {

/// One alarm speaks of all cycles of one CA and level.
std::string subject_of(const std::string& organization, const OrganizationValidation& validation) {
  return organization + " at " + validation.ca + " (" + std::string(to_string(validation.level)) + ")";
}

std::string days(int count) { return std::to_string(count) + (count == 1 ? " day" : " days"); }

std::string command(const std::string& verb, const std::string& organization,
                    const OrganizationValidation& validation) {
  return "certmgr org " + verb + " " + organization + " --ca " + validation.ca + " --level " +
         std::string(to_string(validation.level));
}

AlarmDraft ending(const std::string& organization, const ValidationLook& look) {
  const auto& validation = look.validation;
  AlarmDraft draft{AlarmKind::validation_ending, subject_of(organization, validation), {}, {}, {}};
  const std::string who = validation.ca + "'s validation of " + organization + " for " +
                          std::string(to_string(validation.level)) + " certificates";
  if (validation.state == ValidationState::expired)
    draft.text = who + " has ended: " + validation.reason;
  else if (look.reminder)
    draft.text = who + " ends in " + days(look.reminder->days) + ", on " + to_text(*validation.expires);
  else
    draft.text = who + " ends on " + to_text(validation.expires.value_or(Day{}));
  draft.hint = "begin the next one with '" + command("revalidate", organization, validation) + "'";
  return draft;
}

AlarmDraft waiting(const std::string& organization, const ValidationLook& look) {
  const auto& validation = look.validation;
  AlarmDraft draft{AlarmKind::validation_waiting, subject_of(organization, validation), {}, {}, {}};
  draft.text = validation.ca + " waits for something about " + organization + ": " + validation.asked;
  draft.hint = (validation.url.empty() ? "give it what it asks for" : "see " + validation.url) +
               ", then run '" + command("answer", organization, validation) + "'";
  return draft;
}

AlarmDraft slow(const std::string& organization, const ValidationLook& look) {
  const auto& validation = look.validation;
  AlarmDraft draft{AlarmKind::validation_slow, subject_of(organization, validation), {}, {}, {}};
  draft.text = validation.ca + " has been looking at " + organization + " since " +
               to_text(day_of(validation.entered_at)) + " without an answer";
  draft.hint = "ask it how far it is";
  return draft;
}

/// What there is to be told about the cycle as it stands now.
std::optional<AlarmDraft> draft_of(const std::string& organization, const ValidationLook& look, bool newest) {
  switch (look.validation.state) {
    case ValidationState::expired:
      return newest ? std::optional(ending(organization, look)) : std::nullopt;
    case ValidationState::expiring:
      return ending(organization, look);
    case ValidationState::action_required:
      return waiting(organization, look);
    case ValidationState::in_vetting:
      return look.validation.chased_at ? std::optional(slow(organization, look)) : std::nullopt;
    default:
      return std::nullopt;
  }
}

/// Told even if everybody knows of the alarm.
bool is_news(const ValidationLook& look) {
  return look.reminder || (look.changed && look.validation.state == ValidationState::expired);
}

constexpr std::array kKinds{AlarmKind::validation_ending, AlarmKind::validation_waiting,
                            AlarmKind::validation_slow};

}  // namespace

void tell_of_validations(AlarmDesk& alarms, const std::string& organization,
                         const std::vector<ValidationLook>& looks) {
  std::set<std::string> subjects;
  std::set<std::pair<AlarmKind, std::string>> open;
  for (const auto& look : looks) {
    const bool newest = subjects.insert(subject_of(organization, look.validation)).second;
    const auto draft = draft_of(organization, look, newest);
    if (!draft || !open.insert({draft->kind, draft->subject}).second) continue;
    if (is_news(look))
      alarms.remind(*draft);
    else
      alarms.raise(*draft);
  }
  for (const auto& subject : subjects)
    for (const auto kind : kKinds)
      if (!open.contains({kind, subject})) alarms.clear(kind, subject);
}

void clear_validation_alarms(AlarmDesk& alarms, const std::string& organization,
                             const OrganizationValidation& validation) {
  for (const auto kind : kKinds) alarms.clear(kind, subject_of(organization, validation));
}

}  // namespace certmgr
