// SPDX-License-Identifier: MIT
#include "certmgr/domain/organization_validation.h"

#include <algorithm>
#include <array>
#include <utility>

#include "domain/overloaded.h"

namespace certmgr {
namespace {

constexpr std::array<std::pair<ValidationState, std::string_view>, 9> kStates{{
    {ValidationState::draft, "draft"},
    {ValidationState::submitted, "submitted"},
    {ValidationState::in_vetting, "in_vetting"},
    {ValidationState::action_required, "action_required"},
    {ValidationState::validated, "validated"},
    {ValidationState::expiring, "expiring"},
    {ValidationState::expired, "expired"},
    {ValidationState::rejected, "rejected"},
    {ValidationState::suspended, "suspended"},
}};

constexpr std::array<std::pair<VettingItem, std::string_view>, 6> kItems{{
    {VettingItem::legal_existence, "legal_existence"},
    {VettingItem::assumed_name, "assumed_name"},
    {VettingItem::address, "address"},
    {VettingItem::contact_method, "vmoc"},
    {VettingItem::operational, "operational"},
    {VettingItem::authority, "authority"},
}};

template <class Table, class Value>
std::string_view word_of(const Table& table, Value value) {
  for (const auto& [known, word] : table)
    if (known == value) return word;
  return "";
}

template <class Table>
auto value_of(const Table& table, std::string_view text) {
  std::optional<typename Table::value_type::first_type> found;
  for (const auto& [value, word] : table)
    if (word == text) found = value;
  return found;
}

template <class Table>
auto values_of(const Table& table) {
  std::vector<typename Table::value_type::first_type> values;
  values.reserve(table.size());
  for (const auto& [value, word] : table) values.push_back(value);
  return values;
}

}  // namespace

std::string_view to_string(ValidationState state) { return word_of(kStates, state); }
std::optional<ValidationState> parse_validation_state(std::string_view text) {
  return value_of(kStates, text);
}
std::vector<ValidationState> validation_states() { return values_of(kStates); }

bool is_running(ValidationState state) {
  return state == ValidationState::submitted || state == ValidationState::in_vetting ||
         state == ValidationState::action_required;
}

bool is_in_force(ValidationState state) {
  return state == ValidationState::validated || state == ValidationState::expiring;
}

std::string_view to_string(VettingItem item) { return word_of(kItems, item); }
std::optional<VettingItem> parse_vetting_item(std::string_view text) { return value_of(kItems, text); }
std::vector<VettingItem> vetting_items() { return values_of(kItems); }

std::string_view name_of(const ValidationEvent& event) {
  return std::visit(overloaded{
                        [](const Submitted&) { return "submit"; },
                        [](const Acknowledged&) { return "acknowledge"; },
                        [](const ActionAsked&) { return "ask"; },
                        [](const Answered&) { return "answer"; },
                        [](const Validated&) { return "validated"; },
                        [](const Refused&) { return "reject"; },
                        [](const RecordEdited&) { return "edit"; },
                        [](const Resubmitted&) { return "revalidate"; },
                        [](const Replaced&) { return "replace"; },
                    },
                    event);
}

Day evidence_expiry(Day collected_at) { return collected_at + kEvidenceLife; }

}  // namespace certmgr
