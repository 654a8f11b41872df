// SPDX-License-Identifier: MIT
#include "certmgr/domain/enrollment/checklist.h"

#include <set>

#include "domain/overloaded.h"

namespace certmgr::enrollment {
namespace {

/// Places in the list.
enum Place { kRequest, kApproval, kOrganization, kAccess, kOrder, kControl, kVetting, kCheck, kEnd };

Place place_of_order(const OrderState* order) {
  if (order == nullptr) return kOrder;
  return std::visit(overloaded{
                        [](const Ordering&) { return kOrder; },
                        [](const certmgr::Approved&) { return kOrder; },
                        [](const Validating&) { return kControl; },
                        [](const Ready&) { return kVetting; },
                        [](const AwaitingCa&) { return kVetting; },
                        [](const certmgr::Failed&) { return kVetting; },
                        [](const auto&) { return kCheck; },
                    },
                    *order);
}

/// At which step it came to nothing.
Place place_of_failure(const Failed& failed) {
  static const std::set<std::string> kOfCheck{
      "level_mismatch", "subject_mismatch", "san_mismatch", "key_mismatch",  "validity_cap",
      "policy_missing", "usage_mismatch",   "chain_broken", "not_valid_now", "validity_longer"};
  const auto& code = failed.trouble.code;
  if (code == "org_not_validated" || code == "org_validation_expired") return kOrganization;
  static const std::set<std::string> kOfOrder{"profile_unconfirmed", "profile_not_offered",
                                              "terms_not_agreed", "acme_rejectedIdentifier"};
  static const std::set<std::string> kOfControl{"authorization_failed", "challenge_not_offered",
                                                "dns_not_propagated"};
  if (kOfOrder.contains(code)) return kOrder;
  if (kOfControl.contains(code)) return kControl;
  return kOfCheck.contains(code) ? kCheck : kVetting;
}

Place place_of(const State& state, const OrderState* order) {
  return std::visit(overloaded{
                        [](const Draft&) { return kRequest; },
                        [](const PendingApproval&) { return kApproval; },
                        [](const Approved&) { return kOrganization; },
                        [](const BlockedOrg&) { return kOrganization; },
                        [](const BlockedCa&) { return kAccess; },
                        [&](const Ordered&) { return place_of_order(order); },
                        [](const ActionRequired&) { return kVetting; },
                        [](const Quarantined&) { return kCheck; },
                        [](const Issued&) { return kEnd; },
                        [](const Denied&) { return kApproval; },
                        [](const Withdrawn&) { return kRequest; },
                        [](const Expired&) { return kApproval; },
                        [](const Failed& s) { return place_of_failure(s); },
                    },
                    state);
}

std::string approval_words(const Enrollment& enrollment, const Context& context) {
  if (context.rules.quorum <= 0) return "approval: none is wanted";
  std::string text = "approval by " + std::to_string(context.rules.quorum) +
                     (context.rules.quorum == 1 ? " person" : " persons");
  if (context.rules.dual_control) text += " other than who requested it";
  if (enrollment.grant_id != 0) return text + ": grant " + std::to_string(enrollment.grant_id);
  const std::string hash = context.sha256(canonical(enrollment.request));
  std::string names;
  for (const auto& approval : enrollment.approvals)
    if (approval.request_hash == hash) names += (names.empty() ? ": " : ", ") + approval.person;
  return text + names;
}

}  // namespace

std::string_view to_string(StepState state) {
  switch (state) {
    case StepState::done:
      return "done";
    case StepState::current:
      return "current";
    case StepState::stopped:
      return "stopped";
    case StepState::next:
      return "next";
  }
  return "";
}

std::vector<Step> steps_of(const Enrollment& enrollment, const OrderState* order, const Context& context) {
  const auto& ca = enrollment.request.spec.ca;
  const std::string level(to_string(enrollment.request.level));
  std::string authors;
  for (const auto& author : enrollment.authors) authors += (authors.empty() ? "" : ", ") + author;
  std::vector<Step> steps{
      {"request", "requested by " + authors},
      {"approval", approval_words(enrollment, context)},
      {"organization", "organization validated for " + level + " by " + ca},
      {"access", "account at " + ca + " for " + level},
      {"order", "order placed at " + ca},
      {"control", "control of the names proven"},
      {"vetting", ca + " looks at the request and issues"},
      {"check", "certificate compared with what was requested"},
      {"issued", "certificate may be deployed"},
  };
  const auto here = static_cast<std::size_t>(place_of(enrollment.state, order));
  const bool issued = std::holds_alternative<Issued>(enrollment.state);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (i < here || issued)
      steps[i].state = StepState::done;
    else if (i == here)
      steps[i].state = is_final(enrollment.state) ? StepState::stopped : StepState::current;
  }
  return steps;
}

}  // namespace certmgr::enrollment
