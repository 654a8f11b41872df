// SPDX-License-Identifier: MIT
#include "certmgr/services/enrollment_desk.h"

#include <algorithm>
#include <limits>

#include "certmgr/domain/enrollment/audit.h"
#include "certmgr/domain/enrollment/grant.h"
#include "certmgr/domain/order_machine.h"
#include "services/enrollment_order.h"
#include "services/on_conflict.h"

namespace certmgr {

using enrollment::Actor;
using enrollment::Context;
using enrollment::Enrollment;
using enrollment::Grant;

namespace {

/// The persons whom the record of the organization lets approve; nothing: it names nobody with an account on
/// this machine, and whoever has the role may.
std::optional<std::vector<enrollment::NamedApprover>> approvers_of(const OrganizationRecord& record) {
  std::vector<enrollment::NamedApprover> approvers;
  for (const auto& contact : record.contacts) {
    const bool approves =
        std::find(contact.roles.begin(), contact.roles.end(), "approver") != contact.roles.end();
    if (approves && !contact.login.empty())
      approvers.push_back({contact.login, parse_day(contact.authority_until)});
  }
  return approvers.empty() ? std::nullopt : std::optional(std::move(approvers));
}

[[noreturn]] void unknown(const std::string& noun, std::int64_t id, const std::string& hint) {
  throw Failure({.kind = TroubleKind::usage,
                 .code = "unknown_" + noun,
                 .what = "there is no " + noun + " " + std::to_string(id),
                 .why = "it was never made",
                 .hint = hint});
}

}  // namespace

Context EnrollmentDesk::context(const Enrollment& enrollment) {
  Context context{parts_.rules(enrollment.request.level), parts_.sha256, parts_.clock.now()};
  const auto versions = parts_.organizations.versions(enrollment.request.organization_id);
  if (!versions.empty()) context.rules.approvers = approvers_of(versions.front().record);
  return context;
}

std::string EnrollmentDesk::name_of_organization(std::int64_t id) {
  const auto versions = parts_.organizations.versions(id);
  return versions.empty() ? std::string() : versions.front().record.name;
}

std::vector<SubjectAttribute> EnrollmentDesk::composed(std::vector<SubjectAttribute> subject) const {
  if (parts_.normal_form)
    for (auto& attribute : subject) attribute.value = parts_.normal_form(attribute.value);
  return subject;
}

std::vector<SubjectAttribute> EnrollmentDesk::subject_today(std::int64_t enrollment_id) {
  const auto found = parts_.store.enrollment(enrollment_id);
  if (!found) return {};
  const auto versions = parts_.organizations.versions(found->request.organization_id);
  if (versions.empty()) return {};
  const auto there = parts_.organizations.organizations();
  const bool removed = std::none_of(there.begin(), there.end(), [&](const Organization& organization) {
    return organization.id == found->request.organization_id;
  });
  if (removed) return {{"O", "2.5.4.10", "(its record was removed)"}};
  return composed(subject_of(versions.front().record, found->request.level));
}

std::vector<Enrollment> EnrollmentDesk::open_of(const Organization& organization) {
  constexpr int kAll = std::numeric_limits<int>::max();
  auto open = parts_.store.enrollments(true, 0, kAll);
  std::erase_if(open, [&](const Enrollment& enrollment) {
    return enrollment.request.organization_id != organization.id;
  });
  return open;
}

std::optional<Enrollment> EnrollmentDesk::open_enrollment(const Certificate& certificate) {
  return parts_.store.open_enrollment(certificate.id);
}

std::optional<Enrollment> EnrollmentDesk::last_enrollment(const Certificate& certificate) {
  return parts_.store.last_enrollment(certificate.id);
}

Enrollment EnrollmentDesk::existing(std::int64_t id) {
  if (auto found = parts_.store.enrollment(id)) return std::move(*found);
  unknown("enrollment", id, "'certmgr enrollment list' shows those there are");
}

EnrollmentSight EnrollmentDesk::look(Enrollment enrollment) {
  EnrollmentSight sight;
  const Context context = this->context(enrollment);
  // As the clock has it, whether or not the scheduler has looked.
  sight.enrollment = enrollment::look_at(std::move(enrollment), context).enrollment;
  const auto below = enrollment::order_of(sight.enrollment.state);
  if (below.order_id != 0) sight.order = parts_.orders.order(below.order_id);
  sight.organization = name_of_organization(sight.enrollment.request.organization_id);
  sight.request_hash = parts_.sha256(enrollment::canonical(sight.enrollment.request));
  sight.approvals = enrollment::approvals_given(sight.enrollment, context);
  sight.quorum = context.rules.quorum;
  sight.dual_control = context.rules.dual_control;
  sight.window = enrollment::window_of(sight.enrollment, context);
  sight.turn = enrollment::whose_turn(sight.enrollment, context);
  return sight;
}

std::vector<EnrollmentSight> EnrollmentDesk::list(const Actor& by, bool only_open, std::int64_t before,
                                                  int limit) {
  value_or_throw(enrollment::permit(by, enrollment::Deed::see));
  std::vector<EnrollmentSight> sights;
  for (auto& enrollment : parts_.store.enrollments(only_open, before, limit))
    sights.push_back(look(std::move(enrollment)));
  return sights;
}

EnrollmentSight EnrollmentDesk::show(std::int64_t id) { return look(existing(id)); }

void EnrollmentDesk::refuse(const Enrollment& enrollment, const enrollment::Event& event, Trouble trouble) {
  parts_.store.note(enrollment::refused_event(enrollment, event, trouble, parts_.sha256));
  throw Failure(std::move(trouble));
}

void EnrollmentDesk::add_consequences(EnrollmentStore::Save& save, const Enrollment& before,
                                      const enrollment::Event& event) {
  const auto below = enrollment::order_of(before.state);
  if (below.order_id == 0) return;
  auto order = parts_.orders.order(below.order_id);
  if (!order) return;
  const bool open = !is_final(order->state);
  if (std::holds_alternative<enrollment::Withdraw>(event) && open) {
    save.order_event = {"order.withdrawn", order->spec.label, {{"why", "its enrollment was withdrawn"}}};
    save.order = given_up(std::move(*order), parts_.clock.now());
  }
  if (std::holds_alternative<enrollment::Accept>(event)) {
    save.release_version = std::get<enrollment::Quarantined>(before.state).version_id;
    save.order_event = {"order.issued", order->spec.label, {{"accepted", "true"}}};
    save.order = accepted(std::move(*order), save.release_version, parts_.clock.now());
  }
  if (std::holds_alternative<enrollment::Await>(event)) {
    save.order_event = {"order.awaiting_ca", order->spec.label, {{"placeholder", "true"}}};
    save.order = await_replacement(std::move(*order), parts_.clock.now());
  }
  if (std::holds_alternative<enrollment::Resume>(event)) {
    save.order_event = {"order.resumed", order->spec.label, {{"order", std::to_string(order->id)}}};
    if (open)
      save.order = looked_at_again(std::move(*order), parts_.clock.now());
    else
      std::get<enrollment::Ordered>(save.enrollment.state).order_id = 0;  // the runner places another one
  }
}

EnrollmentSight EnrollmentDesk::act(std::int64_t id, enrollment::Event event) {
  // Once: what somebody else makes of the request meanwhile is not what was approved.
  if (auto* approve = std::get_if<enrollment::Approve>(&event); approve && approve->request_hash.empty())
    approve->request_hash = parts_.sha256(enrollment::canonical(existing(id).request));
  return again_on_conflict([&] { return act_once(id, event); });
}

EnrollmentSight EnrollmentDesk::act_once(std::int64_t id, const enrollment::Event& event) {
  const Enrollment before = existing(id);
  const Context context = this->context(before);
  auto after = enrollment::apply(before, event, context);
  if (!after) refuse(before, event, std::move(after.error()));
  EnrollmentStore::Save save;
  save.enrollment = *after;
  save.events = {enrollment::moved_event(before, *after, event, parts_.sha256)};
  save.wake_at = context.now;
  add_consequences(save, before, event);
  return look(parts_.store.save(save));
}

Grant EnrollmentDesk::grant(std::int64_t id, const Actor& by, Instant until) {
  return again_on_conflict([&] { return grant_once(id, by, until); });
}

Grant EnrollmentDesk::grant_once(std::int64_t id, const Actor& by, Instant until) {
  const Enrollment enrollment = existing(id);
  auto given = value_or_throw(enrollment::give_grant(parts_.store.grants_of(enrollment.certificate_id),
                                                     enrollment, by, until, context(enrollment)));
  if (!given.changed) return given.grant;
  return parts_.store.put_grant(enrollment.certificate_id, given.grant,
                                {"enrollment.granted",
                                 enrollment.request.spec.label,
                                 {{"by", by.person},
                                  {"until", to_rfc3339(given.grant.until)},
                                  {"scope_hash", given.grant.scope_hash},
                                  {"enrollment", std::to_string(enrollment.id)}}});
}

Grant EnrollmentDesk::revoke_grant(std::int64_t grant_id, const Actor& by) {
  auto known = parts_.store.grant(grant_id);
  if (!known) unknown("grant", grant_id, "'certmgr enrollment show' names those there are");
  const bool was_revoked = known->revoked_at.has_value();
  Grant grant = value_or_throw(enrollment::revoke_grant(std::move(*known), by, parts_.clock.now()));
  if (was_revoked) return grant;
  return parts_.store.put_grant(0, grant,
                                {"enrollment.grant_revoked", std::to_string(grant_id), {{"by", by.person}}});
}

Duration EnrollmentDesk::lead(const Certificate& certificate) {
  const auto level = parse_organization_level(certificate.spec.level);
  const auto organization = parts_.organizations.find_organization(certificate.spec.organization);
  if (!level || !organization || !parts_.lead) return Duration::zero();
  for (const auto& cycle : parts_.organizations.validations(organization->id))
    if (cycle.ca == certificate.spec.ca && cycle.level == *level && is_in_force(cycle.state))
      return Duration::zero();
  return parts_.lead(*level);
}

std::vector<Grant> EnrollmentDesk::grants(std::int64_t enrollment_id) {
  return parts_.store.grants_of(existing(enrollment_id).certificate_id);
}

}  // namespace certmgr
