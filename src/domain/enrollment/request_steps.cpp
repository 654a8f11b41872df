// SPDX-License-Identifier: MIT
// What people do before anything is sent.
#include <algorithm>

#include "domain/enrollment/refusal.h"
#include "domain/enrollment/steps.h"

namespace certmgr::enrollment {
namespace {

/// To Approved if nobody needs to be asked, else to the approvers.
Enrollment proceed(Enrollment enrollment, const std::optional<Grant>& grant, const Context& context) {
  const auto warrant = warrant_of(enrollment, grant, context);
  if (!warrant) return enter(std::move(enrollment), PendingApproval{}, context.now);
  if (*warrant == Warrant::grant) enrollment.grant_id = grant->id;
  return enter(std::move(enrollment), Approved{*warrant}, context.now);
}

void add_author(Enrollment& enrollment, const std::string& person) {
  if (!is_author(enrollment, person)) enrollment.authors.push_back(person);
}

/// Otherwise it is a slip, and nobody has seen anything that was edited since.
bool could_name_a_request(std::string_view given, std::size_t whole) {
  return given.size() >= kShortHash && given.size() <= whole &&
         given.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

tl::unexpected<Trouble> no_reason(const Enrollment& enrollment, std::string_view event) {
  return refuse(enrollment, event, "reason_missing", "no reason is given",
                "say why: it is kept with the decision");
}

}  // namespace

Enrollment enter(Enrollment enrollment, State state, Instant now) {
  enrollment.state = std::move(state);
  enrollment.entered_at = now;
  return enrollment;
}

bool is_author(const Enrollment& enrollment, const std::string& person) {
  const auto& authors = enrollment.authors;
  return std::find(authors.begin(), authors.end(), person) != authors.end();
}

Result<Enrollment> submit(Enrollment enrollment, const Submit& event, const Context& context) {
  if (auto permitted = permit(event.by, Deed::request); !permitted) return fail(std::move(permitted.error()));
  if (event.by.roles.contains(Role::scheduler) && !enrollment.by_scheduler)
    return refuse(enrollment, "submit", "not_permitted", "the scheduler submits its own renewals only",
                  "its requester submits it");
  add_author(enrollment, event.by.person);
  return proceed(std::move(enrollment), event.grant, context);
}

Result<Enrollment> edit(Enrollment enrollment, const Edit& event, const Context& context) {
  if (auto permitted = permit(event.by, Deed::edit); !permitted) return fail(std::move(permitted.error()));
  Request wanted = event.request;
  wanted.renewal = enrollment.request.renewal;
  wanted.revision = enrollment.request.revision;
  const bool changed = canonical(wanted) != canonical(enrollment.request);
  enrollment.request = std::move(wanted);
  if (!changed) return enrollment;
  // The revision is part of what is approved: an edit that is taken back does not bring approvals back.
  ++enrollment.request.revision;
  enrollment.grant_id = 0;
  add_author(enrollment, event.by.person);
  if (std::holds_alternative<Draft>(enrollment.state)) return enrollment;
  return proceed(std::move(enrollment), std::nullopt, context);
}

Result<Enrollment> approve(Enrollment enrollment, const Approve& event, const Context& context) {
  if (auto permitted = permit(event.by, Deed::approve); !permitted) return fail(std::move(permitted.error()));
  const std::string& person = event.by.person;
  if (context.rules.dual_control && is_author(enrollment, person))
    return refuse(enrollment, "approve", "self_approval_forbidden",
                  person + " has requested it, and two persons must be involved", "ask another approver");
  if (auto authority = has_authority(person, context); !authority) return fail(std::move(authority.error()));
  const std::string hash = context.sha256(canonical(enrollment.request));
  if (!names_request(event.request_hash, hash))
    return refuse(enrollment, "approve", "scope_changed",
                  could_name_a_request(event.request_hash, hash.size())
                      ? "it was edited: what " + person + " has seen is not what is requested now"
                      : "what " + person + " gave names no request: that takes at least the first " +
                            std::to_string(kShortHash) + " digits of its hash",
                  "look at it again: certmgr enrollment show " + std::to_string(enrollment.id));
  const auto& given = enrollment.approvals;
  if (std::any_of(given.begin(), given.end(), [&](const Approval& approval) {
        return approval.person == person && approval.request_hash == hash;
      }))
    return refuse(enrollment, "approve", "approval_exists", person + " has approved it already",
                  "somebody else must approve it too");
  if (!intersection(window_of(given, hash), event.window).usable(context.now))
    return refuse(enrollment, "approve", "bad_window", "there is no moment left at which it could be ordered",
                  "give a later window, or one that meets those of the other approvers");
  enrollment.approvals.push_back({person, context.now, hash, event.comment, event.window});
  if (const auto warrant = warrant_of(enrollment, std::nullopt, context))
    return enter(std::move(enrollment), Approved{*warrant}, context.now);
  return enrollment;
}

Result<Enrollment> deny(Enrollment enrollment, const Deny& event, const Context& context) {
  if (auto permitted = permit(event.by, Deed::approve); !permitted) return fail(std::move(permitted.error()));
  if (auto authority = has_authority(event.by.person, context); !authority)
    return fail(std::move(authority.error()));
  if (!says_something(event.reason)) return no_reason(enrollment, "deny");
  return enter(std::move(enrollment), Denied{event.by.person, event.reason}, context.now);
}

Result<Enrollment> withdraw(Enrollment enrollment, const Withdraw& event, const Context& context) {
  if (auto permitted = permit(event.by, Deed::withdraw); !permitted)
    return fail(std::move(permitted.error()));
  // Whoever edits what another person has requested does not make it her own.
  const bool own = enrollment.by_scheduler ? is_author(enrollment, event.by.person)
                                           : enrollment.authors.front() == event.by.person;
  if (!own && !event.by.roles.contains(Role::admin))
    return refuse(enrollment, "withdraw", "not_permitted", event.by.person + " has not requested it",
                  "ask who has, or an admin");
  return enter(std::move(enrollment), Withdrawn{event.by.person, event.reason}, context.now);
}

Result<Enrollment> resume(Enrollment enrollment, const Resume& event, const Context& context) {
  if (auto permitted = permit(event.by, Deed::resume); !permitted) return fail(std::move(permitted.error()));
  State next = enrollment.state;
  if (const auto* org = std::get_if<BlockedOrg>(&enrollment.state)) next = Approved{org->warrant};
  if (const auto* ca = std::get_if<BlockedCa>(&enrollment.state)) next = Approved{ca->warrant};
  if (const auto* asked = std::get_if<ActionRequired>(&enrollment.state)) next = asked->order;
  return enter(std::move(enrollment), std::move(next), context.now);
}

}  // namespace certmgr::enrollment
