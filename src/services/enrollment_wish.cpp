// SPDX-License-Identifier: MIT
// What somebody wants: a certificate that vouches for an organization, and the enrollment that is to bring
// it.
#include <algorithm>
#include <limits>

#include "certmgr/domain/enrollment/audit.h"
#include "certmgr/domain/enrollment/grant.h"
#include "certmgr/domain/nearest.h"
#include "certmgr/domain/order_machine.h"
#include "certmgr/services/enrollment_desk.h"

namespace certmgr {

using enrollment::Actor;
using enrollment::Context;
using enrollment::Enrollment;
using enrollment::Grant;

namespace {

/// Who wants something else under the label is told what it is, and how it goes.
Trouble about_taken(Trouble trouble, const std::string& label, const std::optional<Certificate>& known) {
  if (!known || !is_enrolled(known->spec)) return trouble;
  trouble.why +=
      "; " + label + " is a certificate of level " + known->spec.level + ", about which people decide";
  trouble.hint += "; if nobody wants it any more: certmgr delete " + label;
  return trouble;
}

}  // namespace

Organization EnrollmentDesk::organization_of(const std::string& name) {
  if (auto found = parts_.organizations.find_organization(name)) return std::move(*found);
  std::vector<std::string> known;
  for (const auto& other : parts_.organizations.organizations()) known.push_back(other.record.name);
  const auto near = nearest(name, known);
  throw Failure({.kind = TroubleKind::usage,
                 .code = "unknown_organization",
                 .what = "cannot request a certificate for organization '" + name + "'",
                 .why = "there is none of this name",
                 .hint = near            ? "did you mean '" + *near + "'?"
                         : known.empty() ? "make its record with 'certmgr org add'"
                                         : "see 'certmgr org list'"});
}

enrollment::Request EnrollmentDesk::request_for(const CertificateSpec& spec) {
  auto request = value_or_throw(
      enrollment::make_request(spec, organization_of(spec.organization), day_of(parts_.clock.now())));
  request.subject = composed(std::move(request.subject));
  return request;
}

void EnrollmentDesk::check(const CertificateSpec& spec, const std::optional<Certificate>& known,
                           const Actor& by) {
  if (auto permitted = enrollment::permit(by, enrollment::Deed::request); !permitted)
    throw Failure(about_taken(std::move(permitted.error()), spec.label, known));
  if (is_enrolled(spec)) static_cast<void>(request_for(spec));
  const auto open = known ? parts_.store.open_enrollment(known->id) : std::nullopt;
  if (!open || (is_enrolled(spec) && enrollment::is_unsent(open->state))) return;
  Order at_the_ca;
  at_the_ca.spec = open->request.spec;
  const bool as_approved =
      !needs_new_order(at_the_ca, spec) && spec.reuse_key == open->request.spec.reuse_key;
  if (is_enrolled(spec) && as_approved) return;
  const bool held = std::holds_alternative<enrollment::Quarantined>(open->state);
  const std::string id = std::to_string(open->id);
  throw Failure({.kind = TroubleKind::usage,
                 .code = "enrollment_open",
                 .what = "cannot change what " + spec.label + " is to be",
                 .why = "enrollment " + id + " is open for something else, and is " +
                        std::string(enrollment::name_of(open->state)),
                 .hint = held ? "decide first about what came back: certmgr enrollment show " + id
                              : "wait for its end, or withdraw it first: certmgr enrollment withdraw " + id});
}

std::optional<Grant> EnrollmentDesk::covering_grant(const Enrollment& enrollment, const Context& context) {
  if (!enrollment.by_scheduler) return std::nullopt;
  for (auto& grant : parts_.store.grants_of(enrollment.certificate_id))
    if (!enrollment::grant_lacks(grant, enrollment, context)) return std::move(grant);
  return std::nullopt;
}

void EnrollmentDesk::add_new(EnrollmentStore::Wish& wish, std::int64_t certificate_id, bool renewal,
                             const Actor& by) {
  auto request = request_for(wish.spec);
  request.renewal = renewal;
  auto draft = value_or_throw(enrollment::open_enrollment(std::move(request), by, parts_.clock.now()));
  draft.certificate_id = certificate_id;
  if (const auto last = parts_.store.last_enrollment(certificate_id))
    if (!std::holds_alternative<enrollment::Issued>(last->state)) draft.replaces = last->id;
  const Context context = this->context(draft);
  const enrollment::Event submit = enrollment::Submit{by, covering_grant(draft, context)};
  wish.enrollment = value_or_throw(enrollment::apply(draft, submit, context));
  wish.events = {enrollment::opened_event(draft, parts_.sha256),
                 enrollment::moved_event(draft, *wish.enrollment, submit, parts_.sha256)};
}

void EnrollmentDesk::add_edit(EnrollmentStore::Wish& wish, const Enrollment& open, const Actor& by) {
  auto request = request_for(wish.spec);
  request.renewal = open.request.renewal;
  request.revision = open.request.revision;
  if (request == open.request) {
    value_or_throw(enrollment::permit(by, enrollment::Deed::see));  // who only asks how it stands
    return;
  }
  const enrollment::Event edit = enrollment::Edit{by, std::move(request)};
  auto edited = enrollment::apply(open, edit, context(open));
  if (!edited) refuse(open, edit, std::move(edited.error()));
  wish.events = {enrollment::moved_event(open, *edited, edit, parts_.sha256)};
  wish.enrollment = std::move(*edited);
}

EnrollmentStore::Wished EnrollmentDesk::wish(const CertificateSpec& spec,
                                             const std::optional<Certificate>& known, const EventDraft& event,
                                             const Need& need, const Actor& by) {
  EnrollmentStore::Wish wish{.spec = spec, .seen = std::nullopt, .event = event};
  if (known) wish.seen = known->spec;
  auto open = known ? parts_.store.open_enrollment(known->id) : std::nullopt;
  if (open) wish.open_id = open->id;
  if (open && enrollment::is_unsent(open->state))
    add_edit(wish, *open, by);
  else if (!open && need.wanted)
    add_new(wish, known ? known->id : 0, need.renewal, by);
  auto wished = parts_.store.wish(wish);
  if (!wished.enrollment) wished.enrollment = std::move(open);
  return wished;
}

void EnrollmentDesk::refuse_too_many(const Actor& by) {
  constexpr int kAll = std::numeric_limits<int>::max();
  const auto open = parts_.store.enrollments(true, 0, kAll);
  const auto own = std::count_if(open.begin(), open.end(), [&](const Enrollment& enrollment) {
    return !enrollment.authors.empty() && enrollment.authors.front() == by.person;
  });
  if (own < parts_.open_per_person) return;
  throw Failure({.kind = TroubleKind::usage,
                 .code = "too_many_requests",
                 .what = "cannot request another certificate",
                 .why = by.person + " has requested " + std::to_string(own) + " that are still open",
                 .hint = "wait for some of them, or withdraw what nobody wants any more: certmgr enrollment "
                         "withdraw ID ('certmgr enrollment list' shows them)"});
}

}  // namespace certmgr
