// SPDX-License-Identifier: MIT
#include "certmgr/domain/enrollment/enrollment.h"

#include "domain/overloaded.h"

namespace certmgr::enrollment {

std::string_view to_string(Warrant warrant) {
  switch (warrant) {
    case Warrant::not_wanted:
      return "not_wanted";
    case Warrant::approvals:
      return "approvals";
    case Warrant::grant:
      return "grant";
  }
  return "";
}

std::string_view name_of(const State& state) {
  return std::visit(overloaded{[](const Draft&) { return std::string_view("draft"); },
                               [](const PendingApproval&) { return std::string_view("pending_approval"); },
                               [](const Approved&) { return std::string_view("approved"); },
                               [](const BlockedOrg&) { return std::string_view("blocked_org"); },
                               [](const BlockedCa&) { return std::string_view("blocked_ca"); },
                               [](const Ordered&) { return std::string_view("ordering"); },
                               [](const ActionRequired&) { return std::string_view("action_required"); },
                               [](const Quarantined&) { return std::string_view("quarantined"); },
                               [](const Issued&) { return std::string_view("issued"); },
                               [](const Denied&) { return std::string_view("denied"); },
                               [](const Withdrawn&) { return std::string_view("withdrawn"); },
                               [](const Expired&) { return std::string_view("expired"); },
                               [](const Failed&) { return std::string_view("failed"); }},
                    state);
}

bool is_final(const State& state) {
  return std::holds_alternative<Issued>(state) || std::holds_alternative<Denied>(state) ||
         std::holds_alternative<Withdrawn>(state) || std::holds_alternative<Expired>(state) ||
         std::holds_alternative<Failed>(state);
}

bool is_unsent(const State& state) {
  return std::holds_alternative<Draft>(state) || std::holds_alternative<PendingApproval>(state) ||
         std::holds_alternative<Approved>(state) || std::holds_alternative<BlockedOrg>(state) ||
         std::holds_alternative<BlockedCa>(state);
}

Ordered order_of(const State& state) {
  if (const auto* order = std::get_if<Ordered>(&state)) return *order;
  if (const auto* asked = std::get_if<ActionRequired>(&state)) return asked->order;
  if (const auto* held = std::get_if<Quarantined>(&state)) return held->order;
  return {};
}

std::string_view shown_state(const State& state, const OrderState* order) {
  if (!std::holds_alternative<Ordered>(state) || order == nullptr) return name_of(state);
  // An order begins where an enrollment has long been, and may have ended before that was noted here.
  if (std::holds_alternative<certmgr::Approved>(*order)) return name_of(state);
  if (certmgr::is_final(*order)) return "verifying";
  return certmgr::name_of(*order);
}

}  // namespace certmgr::enrollment
