// SPDX-License-Identifier: MIT
// What people decide about a certificate that is not what was asked for.
#include "domain/enrollment/refusal.h"
#include "domain/enrollment/steps.h"

namespace certmgr::enrollment {
namespace {

std::string told(const IdentityVerdict& verdict) {
  std::string text;
  for (const auto& fault : verdict.faults) text += (text.empty() ? "" : "; ") + fault.why;
  return text;
}

Result<void> may_judge(const Enrollment& enrollment, std::string_view event, const Actor& by,
                       const std::string& reason, const Context& context) {
  if (auto permitted = permit(by, Deed::judge); !permitted) return permitted;
  if (auto authority = has_authority(by.person, context); !authority) return authority;
  if (says_something(reason)) return {};
  return refuse(enrollment, event, "reason_missing", "no reason is given",
                "say why: it is kept with the decision");
}

}  // namespace

Result<Enrollment> accept(Enrollment enrollment, const Accept& event, const Context& context) {
  if (auto allowed = may_judge(enrollment, "accept", event.by, event.reason, context); !allowed)
    return fail(std::move(allowed.error()));
  const std::string& person = event.by.person;
  // Whatever the rules for requests: who wanted the certificate is not the one to lower what is demanded of
  // it.
  if (is_author(enrollment, person))
    return refuse(enrollment, "accept", "self_approval_forbidden",
                  person + " has requested it, and a certificate that differs is accepted by somebody else",
                  "ask another approver, or reject it");
  const auto held = std::get<Quarantined>(enrollment.state);
  if (!held.verdict.acceptable())
    return refuse(enrollment, "accept", "not_acceptable", "no server could use it: " + told(held.verdict),
                  "reject it: certmgr enrollment reject " + std::to_string(enrollment.id));
  return enter(std::move(enrollment), Issued{held.version_id, held.verdict.found, person, event.reason},
               context.now);
}

Result<Enrollment> reject(Enrollment enrollment, const Reject& event, const Context& context) {
  if (auto allowed = may_judge(enrollment, "reject", event.by, event.reason, context); !allowed)
    return fail(std::move(allowed.error()));
  const auto held = std::get<Quarantined>(enrollment.state);
  Trouble trouble{.kind = TroubleKind::permanent,
                  .code = held.verdict.faults.empty() ? "rejected" : held.verdict.faults.front().code,
                  .what = "the certificate that " + enrollment.request.spec.ca + " issued for " +
                          enrollment.request.spec.label + " was rejected by " + event.by.person,
                  .why = event.reason + " (" + told(held.verdict) + ")",
                  .hint = "report it to the CA, then request anew with certmgr issue"};
  const auto revoked = event.revoke ? held.version_id : 0;
  return enter(std::move(enrollment), Failed{std::move(trouble), revoked}, context.now);
}

Result<Enrollment> await(Enrollment enrollment, const Await& event, const Context& context) {
  if (auto allowed = may_judge(enrollment, "await", event.by, event.reason, context); !allowed)
    return fail(std::move(allowed.error()));
  const auto held = std::get<Quarantined>(enrollment.state);
  if (!held.verdict.placeholder())
    return refuse(enrollment, "await", "no_placeholder",
                  "it differs in more than a lower level: " + told(held.verdict),
                  "accept or reject it: certmgr enrollment show " + std::to_string(enrollment.id));
  Ordered order = held.order;
  order.placeholder_id = held.version_id;
  return enter(std::move(enrollment), order, context.now);
}

}  // namespace certmgr::enrollment
