// SPDX-License-Identifier: MIT
// What is learned of the gates and of the CA.
#include "domain/enrollment/steps.h"

namespace certmgr::enrollment {
namespace {

std::optional<Trouble> about_organization(const Enrollment& enrollment, const GateFacts& facts, Instant now) {
  if (auto trouble = record_gate(enrollment.request, facts.subject_today)) return trouble;
  return organization_gate(enrollment.request, facts.validation, now);
}

Enrollment pass_gates(Enrollment enrollment, const GateFacts& facts, const Context& context) {
  const auto warrant = warrant_of(enrollment, facts.grant, context);
  if (!warrant) {
    // A grant was revoked, or more is demanded than at the time.
    enrollment.grant_id = 0;
    return enter(std::move(enrollment), PendingApproval{}, context.now);
  }
  enrollment.state = Approved{*warrant};
  const auto window = window_of(enrollment, context);
  if (window.opens && context.now < *window.opens) return enrollment;
  if (auto trouble = about_organization(enrollment, facts, context.now))
    return enter(std::move(enrollment), BlockedOrg{std::move(*trouble), *warrant}, context.now);
  if (auto trouble = ca_gate(enrollment.request, facts.ca))
    return enter(std::move(enrollment), BlockedCa{std::move(*trouble), *warrant}, context.now);
  return enter(std::move(enrollment), Ordered{.order_id = 0, .placed_at = context.now}, context.now);
}

}  // namespace

Enrollment see_gates(Enrollment enrollment, const GatesSeen& event, const Context& context) {
  const auto& facts = event.facts;
  if (auto* org = std::get_if<BlockedOrg>(&enrollment.state)) {
    if (auto trouble = about_organization(enrollment, facts, context.now)) {
      org->trouble = std::move(*trouble);  // the 30 days go on
      return enrollment;
    }
    const auto warrant = org->warrant;
    return enter(std::move(enrollment), Approved{warrant}, context.now);
  }
  if (auto* ca = std::get_if<BlockedCa>(&enrollment.state)) {
    if (auto trouble = ca_gate(enrollment.request, facts.ca)) {
      ca->trouble = std::move(*trouble);
      return enrollment;
    }
    const auto warrant = ca->warrant;
    return enter(std::move(enrollment), Approved{warrant}, context.now);
  }
  return pass_gates(std::move(enrollment), facts, context);
}

Enrollment take_demand(Enrollment enrollment, const CaAsks& event, Instant now) {
  const Ordered order = order_of(enrollment.state);
  return enter(std::move(enrollment), ActionRequired{order, event.trouble, event.url}, now);
}

Enrollment take_certificate(Enrollment enrollment, const CertificateSeen& event, Instant now) {
  Ordered order = order_of(enrollment.state);
  const auto& verdict = event.verdict;
  if (verdict.clean()) return enter(std::move(enrollment), Issued{event.version_id, verdict.found}, now);
  if (event.more_follows && verdict.placeholder()) {
    order.placeholder_id = event.version_id;
    return enter(std::move(enrollment), order, now);
  }
  return enter(std::move(enrollment), Quarantined{order, event.version_id, verdict}, now);
}

}  // namespace certmgr::enrollment
