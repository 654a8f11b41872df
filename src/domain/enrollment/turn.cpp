// SPDX-License-Identifier: MIT
#include "certmgr/domain/enrollment/approval.h"
#include "certmgr/domain/enrollment/machine.h"
#include "domain/enrollment/time_limit.h"
#include "domain/overloaded.h"

namespace certmgr::enrollment {
namespace {

std::string command(const char* verb, const Enrollment& enrollment) {
  return "certmgr enrollment " + std::string(verb) + " " + std::to_string(enrollment.id);
}

/// It goes on by itself once the CA's validation is noted.
std::string see_to(const Enrollment& enrollment, const BlockedOrg& blocked) {
  const auto& spec = enrollment.request.spec;
  if (blocked.trouble.code == "org_validation_expired")
    return "certmgr org revalidate " + spec.organization + " --ca " + spec.ca;
  if (blocked.trouble.code == "organization_changed") return "certmgr renew " + spec.label;
  return "certmgr org show " + spec.organization;
}

Turn decide_about(const Enrollment& enrollment, const Context& context) {
  const int given = approvals_given(enrollment, context);
  Turn turn{.party = Party::approver, .what = "approval", .command = command("approve", enrollment)};
  // Whoever runs it later approves what was shown then, or nothing.
  turn.command += " --request " + context.sha256(canonical(enrollment.request)).substr(0, kShortHash);
  if (context.rules.quorum > 1)
    turn.what = "approval " + std::to_string(given + 1) + " of " + std::to_string(context.rules.quorum);
  return turn;
}

Turn wait_for_window(const Enrollment& enrollment, const Context& context) {
  const auto window = window_of(enrollment, context);
  if (window.opens && context.now < *window.opens)
    return {.party = Party::clock, .what = "its change window", .until = window.opens};
  return {.party = Party::clock, .what = "the next look of the scheduler"};
}

}  // namespace

std::string_view to_string(Party party) {
  switch (party) {
    case Party::requester:
      return "requester";
    case Party::approver:
      return "approver";
    case Party::admin:
      return "admin";
    case Party::ca:
      return "ca";
    case Party::clock:
      return "clock";
    case Party::nobody:
      return "nobody";
  }
  return "";
}

Turn whose_turn(const Enrollment& enrollment, const Context& context) {
  Turn turn = std::visit(
      overloaded{
          [&](const Draft&) -> Turn { return {.party = Party::requester, .what = "to be submitted"}; },
          [&](const PendingApproval&) { return decide_about(enrollment, context); },
          [&](const Approved&) { return wait_for_window(enrollment, context); },
          [&](const BlockedOrg& s) -> Turn {
            const bool anew = s.trouble.code == "organization_changed";
            return {.party = anew ? Party::requester : Party::admin,
                    .what = s.trouble.why,
                    .command = see_to(enrollment, s)};
          },
          [&](const BlockedCa& s) -> Turn {
            return {.party = Party::admin, .what = s.trouble.why, .command = command("resume", enrollment)};
          },
          [&](const Ordered& s) -> Turn {
            return {
                .party = Party::ca,
                .what = s.placeholder_id == 0 ? "the CA" : "the certificate that follows the placeholder"};
          },
          [&](const ActionRequired& s) -> Turn {
            return {
                .party = Party::requester, .what = s.trouble.why, .command = command("resume", enrollment)};
          },
          [&](const Quarantined&) -> Turn {
            return {.party = Party::approver,
                    .what = "a decision about the certificate in quarantine: reject, await or accept it",
                    .command = command("reject", enrollment) + " --reason TEXT"};
          },
          [&](const auto&) -> Turn { return {}; },
      },
      enrollment.state);
  turn.since = enrollment.entered_at;
  if (!turn.until) turn.until = time_limit(enrollment, context);
  return turn;
}

}  // namespace certmgr::enrollment
