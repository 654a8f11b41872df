// SPDX-License-Identifier: MIT
#include "certmgr/domain/enrollment/gates.h"

#include <set>

#include "certmgr/domain/enrollment/grant.h"

namespace certmgr::enrollment {
namespace {

Trouble waiting(const Request& request, std::string code, std::string why, std::string hint) {
  return {.kind = TroubleKind::waiting,
          .code = std::move(code),
          .what = "cannot order the " + std::string(to_string(request.level)) + " certificate " +
                  request.spec.label + " from " + request.spec.ca,
          .why = std::move(why),
          .hint = std::move(hint)};
}

bool is_about(const OrganizationValidation& validation, const Request& request) {
  return validation.organization_id == request.organization_id && validation.ca == request.spec.ca &&
         validation.level == request.level;
}

}  // namespace

std::optional<Trouble> organization_gate(const Request& request,
                                         const std::optional<OrganizationValidation>& validation,
                                         Instant now) {
  const std::string& organization = request.spec.organization;
  const std::string at = " --ca " + request.spec.ca;
  if (!validation || !is_about(*validation, request))
    return waiting(request, "org_not_validated", "the CA has not validated the organization for this level",
                   "hand its record to the CA, and note it: certmgr org submit " + organization + at +
                       " --level " + std::string(to_string(request.level)));
  const auto state = look_at(*validation, now).validation.state;
  if (is_in_force(state)) return std::nullopt;
  if (state == ValidationState::expired)
    return waiting(
        request, "org_validation_expired", "the validation of the organization has ended",
        "have the CA collect its evidence anew, and note it: certmgr org revalidate " + organization + at);
  return waiting(request, "org_not_validated",
                 "the validation of the organization is " + std::string(to_string(state)),
                 "certmgr org show " + organization + " tells what is to be done");
}

std::optional<Trouble> record_gate(const Request& request,
                                   const std::vector<SubjectAttribute>& subject_today) {
  if (subject_today.empty() || subject_today == request.subject) return std::nullopt;
  return waiting(request, "organization_changed",
                 "the record of the organization says something else by now than what is requested",
                 "have it requested as the record is: certmgr renew " + request.spec.label);
}

std::optional<Trouble> ca_gate(const Request& request, CaStanding standing) {
  switch (standing) {
    case CaStanding::ready:
      return std::nullopt;
    case CaStanding::level_not_offered:
      return waiting(request, "level_not_offered", "the configuration knows no way to that level there",
                     "add it to [ca." + request.spec.ca + "] of the configuration");
    case CaStanding::eab_consumed:
      return waiting(request, "eab_consumed",
                     "the key of the external account was used, and could be used once",
                     "get another one from the CA's portal, and set eab_kid and eab_hmac_file of [ca." +
                         request.spec.ca + "]");
  }
  return std::nullopt;
}

int approvals_given(const Enrollment& enrollment, const Context& context) {
  if (enrollment.approvals.empty()) return 0;
  const std::string hash = context.sha256(canonical(enrollment.request));
  std::set<std::string> persons;
  for (const auto& approval : enrollment.approvals)
    if (approval.request_hash == hash) persons.insert(approval.person);
  if (context.rules.dual_control)
    for (const auto& author : enrollment.authors) persons.erase(author);
  return static_cast<int>(persons.size());
}

ChangeWindow window_of(const Enrollment& enrollment, const Context& context) {
  if (enrollment.approvals.empty()) return {};
  return window_of(enrollment.approvals, context.sha256(canonical(enrollment.request)));
}

Result<Warrant> warrant_of(const Enrollment& enrollment, const std::optional<Grant>& grant,
                           const Context& context) {
  const int quorum = context.rules.quorum;
  if (quorum <= 0) return Warrant::not_wanted;
  const int given = approvals_given(enrollment, context);
  if (given >= quorum) return Warrant::approvals;
  const bool named = grant && (enrollment.grant_id == 0 || enrollment.grant_id == grant->id);
  if (named) {
    auto lacks = grant_lacks(*grant, enrollment, context);
    if (!lacks) return Warrant::grant;
    return fail(std::move(*lacks));
  }
  return fail(waiting(enrollment.request, "approval_required",
                      std::to_string(given) + " of " + std::to_string(quorum) + " approvals are given",
                      "ask an approver: certmgr enrollment approve " + std::to_string(enrollment.id)));
}

}  // namespace certmgr::enrollment
