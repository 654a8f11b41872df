// SPDX-License-Identifier: MIT
// Certificates that vouch for an organization: requested, and obtained when people and the CA are done.
#include <algorithm>

#include "certmgr/domain/ca_level.h"
#include "certmgr/services/certificate_desk.h"
#include "services/on_conflict.h"

namespace certmgr {
namespace {

[[noreturn]] void refuse(std::string code, std::string why, std::string hint) {
  throw Failure({.kind = TroubleKind::usage,
                 .code = std::move(code),
                 .what = "cannot issue",
                 .why = std::move(why),
                 .hint = std::move(hint)});
}

/// What the command waits for, said to the person who gave it.
Trouble waits_for(const EnrollmentSight& sight) {
  const auto& enrollment = sight.enrollment;
  const std::string id = std::to_string(enrollment.id);
  Trouble trouble{.kind = TroubleKind::waiting, .code = std::string(sight.state())};
  trouble.what = "the certificate " + enrollment.request.spec.label + " is not there yet";
  trouble.why =
      "enrollment " + id + " is " + std::string(sight.state()) + " and waits for " +
      (sight.turn.party == enrollment::Party::ca ? "" : std::string(to_string(sight.turn.party)) + ": ") +
      sight.turn.what;
  trouble.hint = sight.turn.command.empty()
                     ? "see 'certmgr enrollment show " + id + "'"
                     : "see 'certmgr enrollment show " + id + "'; next is '" + sight.turn.command + "'";
  trouble.retry_at = sight.turn.until;
  if (sight.order && sight.order->last_trouble) trouble.detail = sight.order->last_trouble->detail;
  return trouble;
}

/// Why there will be no certificate.
Trouble ended_without(const enrollment::Enrollment& enrollment) {
  if (const auto* failed = std::get_if<enrollment::Failed>(&enrollment.state)) return failed->trouble;
  if (const auto* expired = std::get_if<enrollment::Expired>(&enrollment.state)) return expired->trouble;
  const bool denied = std::holds_alternative<enrollment::Denied>(enrollment.state);
  return {.kind = TroubleKind::permanent,
          .code = denied ? "approval_denied" : "withdrawn",
          .what = "there will be no certificate from enrollment " + std::to_string(enrollment.id),
          .why = denied ? "it was denied" : "it was withdrawn",
          .hint = "see 'certmgr enrollment show " + std::to_string(enrollment.id) + "'"};
}

/// But for what the configuration says of ways of proof, which changes under it.
bool is_the_same(CertificateSpec known, const CertificateSpec& wanted) {
  known.challenge = wanted.challenge;
  known.other_challenges = wanted.other_challenges;
  return known == wanted;
}

}  // namespace

void CertificateDesk::choose_level(CertificateSpec& spec, const IssueRequest& request,
                                   const std::optional<Certificate>& known) const {
  spec.level = request.level.value_or(known ? known->spec.level : "dv");
  if (spec.level == "dv") {
    if (request.organization)
      refuse("organization_without_level", "--organization is for certificates that vouch for one",
             "add --level ov or --level ev");
    // A CA that vouches for organizations must not be asked past those who decide about that.
    if (parts_.known_cas)
      spec.ca = value_or_throw(entry_for_level(parts_.known_cas(), spec.ca, CertificateLevel::dv)).name;
    return;
  }
  const auto level = parse_organization_level(spec.level);
  if (!level) refuse("unknown_level", "'" + spec.level + "' is no level", "use dv, ov or ev");
  spec.organization = request.organization.value_or(known ? known->spec.organization : "");
  if (spec.organization.empty())
    refuse("organization_missing", "a certificate of level " + spec.level + " vouches for an organization",
           "name it: --organization NAME ('certmgr org list' shows those there are)");
  if (!request.fallback_cas.value_or(std::vector<std::string>{}).empty())
    refuse("fallback_of_level",
           "--fallback-ca is not for level " + spec.level + ": who approves agrees to one CA",
           "leave it away; request it at another CA if this one refuses");
  if (!request.deploy)
    refuse("no_deploy_unknown", "--no-deploy is not for level " + spec.level,
           "leave it away, and the servers too: 'certmgr deploy' adds them later");
  if (parts_.known_cas)
    spec.ca = value_or_throw(entry_for_level(parts_.known_cas(), spec.ca, certificate_level(*level))).name;
}

void CertificateDesk::refuse_in_use(const CertificateSpec& spec,
                                    const std::optional<Certificate>& known) const {
  if (!is_enrolled(spec) || (known && !is_enrolled(known->spec)))
    refuse("level_missing",
           known ? known->spec.label + " is a certificate of level dv, about which nobody decides"
                 : "about a certificate of level dv nobody decides",
           known ? "request another one beside it, with --label and --level; or have somebody who has the "
                   "store change it"
                 : "add --level ov or --level ev, and --organization");
  if (!known || is_the_same(known->spec, spec)) return;
  const std::string hint =
      "request another one beside it, with --label; or have somebody who has the store change it";
  if (parts_.certificates.current(known->id))
    refuse("certificate_in_use",
           known->spec.label + " was issued, and is renewed as it is: " + join(known->spec.identifiers) +
               ", " + known->spec.level + " for " + known->spec.organization + " from " + known->spec.ca,
           hint);
  if (!known->spec.csr.empty() || !parts_.certificates.servers_of(known->id).empty())
    refuse("certificate_in_use",
           "somebody who has the store has chosen the servers or the key of " + known->spec.label, hint);
}

IssueReport CertificateDesk::request(const IssueRequest& request) {
  const auto by = request.by();
  value_or_throw(enrollment::permit(by, enrollment::Deed::request));
  const auto wished = again_on_conflict([&] {
    const CertificateSpec spec = check_request(request);
    const auto known = parts_.certificates.find(spec.label);
    refuse_in_use(spec, known);
    parts_.enrollments->check(spec, known, by);
    if (!known || !parts_.enrollments->open_enrollment(*known)) parts_.enrollments->refuse_too_many(by);
    return wish(spec, known, false, by);
  });
  IssueReport report;
  report.certificate = wished.certificate;
  report.version = parts_.certificates.current(report.certificate->id);
  if (!wished.enrollment) return report;
  report.enrollment = parts_.enrollments->show(wished.enrollment->id);
  report.end = IssueReport::End::waiting;
  report.trouble = waits_for(*report.enrollment);
  return report;
}

IssueReport CertificateDesk::enroll(const EnrollmentStore::Wished& wished, Duration timeout,
                                    Progress& progress) {
  const auto& [certificate, enrollment] = wished;
  IssueReport report;
  report.certificate = certificate;
  const Instant begun = parts_.clock.now();
  const Instant deadline = begun + timeout;
  if (enrollment) {
    RunLimits limits{.deadline = deadline, .person_asked = true, .follow = {certificate.spec.label}};
    const std::vector<TaskRef> tasks{{TaskKind::enrollment, enrollment->id}};
    static_cast<void>(parts_.engine.run(tasks, limits, progress));
    auto sight = parts_.enrollments->show(enrollment->id);
    if (sight.order && !is_final(sight.order->state)) {
      run_order(*sight.order, deadline, report, progress);
      static_cast<void>(parts_.engine.run(tasks, limits, progress));
      sight = parts_.enrollments->show(enrollment->id);
    }
    report.enrollment = sight;
    report.order = sight.order;
    report.issued = std::holds_alternative<enrollment::Issued>(sight.enrollment.state);
    report.trouble.reset();
    report.end = IssueReport::End::done;
    if (!report.issued) {
      const bool ended = enrollment::is_final(sight.enrollment.state);
      report.end = ended ? IssueReport::End::failed : IssueReport::End::waiting;
      report.trouble = ended ? ended_without(sight.enrollment) : waits_for(sight);
    }
  }
  report.version = parts_.certificates.current(certificate.id);
  if (report.end != IssueReport::End::done || !report.version) return report;
  run_deployments(parts_.certificates.servers_of(certificate.id), enrollment ? "renew" : "issue", begun,
                  deadline, report, progress);
  return report;
}

}  // namespace certmgr
