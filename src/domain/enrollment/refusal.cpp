// SPDX-License-Identifier: MIT
#include "domain/enrollment/refusal.h"

#include <algorithm>
#include <vector>

#include "domain/overloaded.h"

namespace certmgr::enrollment {
namespace {

using Names = std::vector<std::string_view>;

/// In which states the event is possible.
const Names& states_for(const Event& event) {
  static const Names draft{"draft"};
  static const Names asked{"pending_approval"};
  static const Names unsent{"draft", "pending_approval", "approved", "blocked_org", "blocked_ca"};
  // Deny beats approve: as long as nothing was sent, the last word is no.
  static const Names deniable{"pending_approval", "approved", "blocked_org", "blocked_ca"};
  static const Names open{"draft",      "pending_approval", "approved",       "blocked_org",
                          "blocked_ca", "ordering",         "action_required"};
  static const Names hindered{"blocked_org", "blocked_ca", "action_required"};
  static const Names gated{"approved", "blocked_org", "blocked_ca"};
  static const Names at_the_ca{"ordering", "action_required"};
  static const Names quarantined{"quarantined"};
  return std::visit(overloaded{
                        [](const Submit&) -> const Names& { return draft; },
                        [](const Edit&) -> const Names& { return unsent; },
                        [](const Approve&) -> const Names& { return asked; },
                        [](const Deny&) -> const Names& { return deniable; },
                        [](const Withdraw&) -> const Names& { return open; },
                        [](const Resume&) -> const Names& { return hindered; },
                        [](const Accept&) -> const Names& { return quarantined; },
                        [](const Reject&) -> const Names& { return quarantined; },
                        [](const Await&) -> const Names& { return quarantined; },
                        [](const GatesSeen&) -> const Names& { return gated; },
                        [](const CaAsks&) -> const Names& { return at_the_ca; },
                        [](const CertificateSeen&) -> const Names& { return at_the_ca; },
                        [](const OrderEnded&) -> const Names& { return at_the_ca; },
                    },
                    event);
}

/// What can be done instead.
std::string way_out(const Enrollment& enrollment) {
  const std::string id = std::to_string(enrollment.id);
  if (is_final(enrollment.state)) return "it has ended; request anew with certmgr issue";
  if (std::holds_alternative<Quarantined>(enrollment.state))
    return "decide about the certificate: certmgr enrollment accept or reject " + id;
  return "certmgr enrollment show " + id + " tells what is waited for";
}

}  // namespace

tl::unexpected<Trouble> refuse(const Enrollment& enrollment, std::string_view event, std::string code,
                               std::string why, std::string hint) {
  return fail({.kind = TroubleKind::usage,
               .code = std::move(code),
               .what = "cannot " + std::string(event) + " enrollment " + std::to_string(enrollment.id) +
                       " for " + enrollment.request.spec.label,
               .why = std::move(why),
               .hint = std::move(hint)});
}

bool says_something(const std::string& reason) {
  return reason.find_first_not_of(" \t\r\n") != std::string::npos;
}

Result<void> follows(const Enrollment& enrollment, const Event& event) {
  const auto& states = states_for(event);
  if (std::find(states.begin(), states.end(), name_of(enrollment.state)) != states.end()) return {};
  if (std::holds_alternative<Approve>(event)) {
    if (const auto* denied = std::get_if<Denied>(&enrollment.state))
      return refuse(enrollment, "approve", "approval_denied",
                    denied->by + " has denied it: " + denied->reason,
                    "a denial is final; request anew with certmgr issue");
    if (const auto* expired = std::get_if<Expired>(&enrollment.state))
      return refuse(enrollment, "approve", "approval_expired", expired->trouble.why, expired->trouble.hint);
  }
  const std::string verb(name_of(event));
  return refuse(enrollment, actor_of(event) != nullptr ? verb : "take '" + verb + "' for", "wrong_state",
                "it is " + std::string(name_of(enrollment.state)) + ", and '" + std::string(name_of(event)) +
                    "' does not follow on that",
                way_out(enrollment));
}

}  // namespace certmgr::enrollment
