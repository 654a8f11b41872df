// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "certmgr/domain/day.h"
#include "certmgr/domain/organization.h"
#include "certmgr/domain/trouble.h"

namespace certmgr {

/// How long a CA may rest on what it has collected about an organization, counted from the day it was
/// collected (Baseline Requirements 4.2.1 since 2026-03-15, EV Guidelines 3.2.2.14.3).
constexpr std::chrono::days kEvidenceLife{398};

enum class ValidationState {
  draft,            // not sent; left by submit
  submitted,        // sent to the CA; left when it acknowledges
  in_vetting,       // the CA looks; left when it asks, validates or refuses
  action_required,  // the CA waits for us; left by an answer, or a refusal
  validated,        // certificates can be had
  expiring,         // the same, and at most 60 days are left
  expired,          // too old, or replaced by a newer cycle
  rejected,         // refused by the CA; end
  suspended,        // the record was edited: what the CA validated is not true any more
};
std::string_view to_string(ValidationState state);
std::optional<ValidationState> parse_validation_state(std::string_view text);
/// Every state, in the order above.
std::vector<ValidationState> validation_states();
/// The CA has it on its desk: submitted, in_vetting, action_required.
bool is_running(ValidationState state);
/// Certificates can be had: validated, expiring.
bool is_in_force(ValidationState state);

/// What a CA collects, each with a date of its own (EV Guidelines 3.2.2.2 to 3.2.2.8).
enum class VettingItem {
  legal_existence,
  assumed_name,
  address,
  contact_method,  // verified method of communication
  operational,     // operational existence
  authority,       // name, title and authority of signer and approver
};
std::string_view to_string(VettingItem item);
std::optional<VettingItem> parse_vetting_item(std::string_view text);
std::vector<VettingItem> vetting_items();

/// One cycle in which one CA vets an organization for one level.
struct OrganizationValidation {
  std::int64_t id = 0;  // 0: not in the store
  std::int64_t organization_id = 0;
  std::string ca;
  OrganizationLevel level = OrganizationLevel::ov;
  ValidationState state = ValidationState::draft;
  int record_version = 0;            // what was submitted; versions never change
  std::string ca_reference;          // what the CA calls the organization
  Instant entered_at;                // the state
  std::string asked;                 // what the CA waits for, in action_required
  std::string url;                   // where that can be done; may be empty
  std::string reason;                // of rejected, suspended and expired
  std::optional<Day> collected_at;   // oldest evidence
  std::optional<Day> expires;        // from this day on (00:00 UTC) no certificate can be had
  std::map<VettingItem, Day> items;  // collected on
  int reminded = 0;                  // the last reminder that was told: days before the end, 0: none
  std::optional<Instant> chased_at;  // when somebody was told last that the CA takes long
  std::int64_t revision = 0;
  bool operator==(const OrganizationValidation&) const = default;
};

struct Submitted {  // with a complete record
  int record_version = 0;
  std::string ca_reference;
};
struct Acknowledged {
  std::string ca_reference;  // empty: as before
};
struct ActionAsked {
  std::string what;
  std::string url;
};
struct Answered {};
struct Validated {
  std::optional<Day> collected_at;   // of every item that is not named
  std::map<VettingItem, Day> items;  // collected on
  std::optional<Day> valid_until;    // the CA's own, shorter end
};
struct Refused {
  std::string reason;
};
struct RecordEdited {  // identity data, after the version that was submitted
  int record_version = 0;
  std::string fields;  // "legal_name, address.street"
};
struct Resubmitted {
  int record_version = 0;
};
struct Replaced {};  // a newer cycle of the same CA and level was validated
using ValidationEvent = std::variant<Submitted, Acknowledged, ActionAsked, Answered, Validated, Refused,
                                     RecordEdited, Resubmitted, Replaced>;
/// "submit", "acknowledge", ...: the verb of the command
std::string_view name_of(const ValidationEvent& event);

/// The cycle after the event. Trouble (usage) "wrong_state" where the state does not know the event, or
/// "bad_validation" for dates that cannot be. Pure.
Result<OrganizationValidation> apply(const OrganizationValidation& validation, const ValidationEvent& event,
                                     Instant now);

/// What somebody is to be told.
struct ValidationReminder {
  enum class Kind { ends, takes_long };
  Kind kind = Kind::ends;
  int days = 0;  // until the end; or since the CA has it
  bool operator==(const ValidationReminder&) const = default;
};

struct ValidationLook {
  OrganizationValidation validation;
  bool changed = false;                        // to be saved
  std::optional<ValidationReminder> reminder;  // told once: 60, 30, 14, 7, 1 days ahead; every 10 days
  std::optional<Instant> wake_at;              // when to look again; nothing: time changes nothing any more
};
/// What time does to a cycle. Pure; a look at any moment gives the same as looks all the time would have,
/// but for the reminders in between.
ValidationLook look_at(OrganizationValidation validation, Instant now);

/// The day from which evidence of this day is too old.
Day evidence_expiry(Day collected_at);

}  // namespace certmgr
