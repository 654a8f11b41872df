// SPDX-License-Identifier: MIT
#include "certmgr/domain/enrollment/machine.h"

#include <algorithm>

#include "domain/enrollment/refusal.h"
#include "domain/enrollment/steps.h"
#include "domain/enrollment/time_limit.h"
#include "domain/overloaded.h"

namespace certmgr::enrollment {

std::string_view name_of(const Event& event) {
  return std::visit(overloaded{
                        [](const Submit&) { return "submit"; },
                        [](const Edit&) { return "edit"; },
                        [](const Approve&) { return "approve"; },
                        [](const Deny&) { return "deny"; },
                        [](const Withdraw&) { return "withdraw"; },
                        [](const Resume&) { return "resume"; },
                        [](const Accept&) { return "accept"; },
                        [](const Reject&) { return "reject"; },
                        [](const Await&) { return "await"; },
                        [](const GatesSeen&) { return "gates_seen"; },
                        [](const CaAsks&) { return "ca_asks"; },
                        [](const CertificateSeen&) { return "certificate_seen"; },
                        [](const OrderEnded&) { return "order_ended"; },
                    },
                    event);
}

const Actor* actor_of(const Event& event) {
  return std::visit(
      [](const auto& e) -> const Actor* {
        if constexpr (requires { e.by; })
          return &e.by;
        else
          return nullptr;
      },
      event);
}

Result<Enrollment> open_enrollment(Request request, const Actor& by, Instant now) {
  if (auto permitted = permit(by, Deed::request); !permitted) return fail(std::move(permitted.error()));
  Enrollment enrollment;
  enrollment.by_scheduler = by.roles.contains(Role::scheduler);
  enrollment.request = std::move(request);
  if (enrollment.by_scheduler && !enrollment.request.renewal)
    return refuse(enrollment, "open", "not_permitted", "the scheduler requests renewals only",
                  "a person opens it with certmgr issue");
  enrollment.authors = {by.person};
  enrollment.created_at = now;
  enrollment.entered_at = now;
  return enrollment;
}

Result<Enrollment> apply(const Enrollment& enrollment, const Event& event, const Context& context) {
  if (auto possible = follows(enrollment, event); !possible) return fail(std::move(possible.error()));
  if (const auto ended = ended_by_time(enrollment, context)) {
    auto late = enrollment;
    late.state = *ended;
    if (auto possible = follows(late, event); !possible) return fail(std::move(possible.error()));
  }
  return std::visit(
      overloaded{
          [&](const Submit& e) { return submit(enrollment, e, context); },
          [&](const Edit& e) { return edit(enrollment, e, context); },
          [&](const Approve& e) { return approve(enrollment, e, context); },
          [&](const Deny& e) { return deny(enrollment, e, context); },
          [&](const Withdraw& e) { return withdraw(enrollment, e, context); },
          [&](const Resume& e) { return resume(enrollment, e, context); },
          [&](const Accept& e) { return accept(enrollment, e, context); },
          [&](const Reject& e) { return reject(enrollment, e, context); },
          [&](const Await& e) { return await(enrollment, e, context); },
          [&](const GatesSeen& e) -> Result<Enrollment> { return see_gates(enrollment, e, context); },
          [&](const CaAsks& e) -> Result<Enrollment> { return take_demand(enrollment, e, context.now); },
          [&](const CertificateSeen& e) -> Result<Enrollment> {
            return take_certificate(enrollment, e, context.now);
          },
          [&](const OrderEnded& e) -> Result<Enrollment> {
            return enter(enrollment, Failed{e.trouble}, context.now);
          },
      },
      event);
}

}  // namespace certmgr::enrollment
