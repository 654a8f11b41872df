// SPDX-License-Identifier: MIT
#include "cli/issue_dry_run.h"

#include <algorithm>

#include "cli/exit_code.h"
#include "cli/finding_views.h"
#include "cli/report.h"
#include "cli/terminal_progress.h"
#include "cli/views.h"

namespace certmgr::cli {
namespace {

std::string staging_of(Application& app, const std::string& ca) {
  const auto cas = app.known_cas();
  const auto found =
      std::find_if(cas.begin(), cas.end(), [&](const CaEntry& entry) { return entry.name == ca; });
  return found == cas.end() ? std::string() : found->staging;
}

/// The same certificate, from the CA for tests, to be stored where nobody looks.
IssueRequest rehearsed(const CertificateSpec& spec, Duration timeout, const std::string& staging) {
  IssueRequest request;
  for (const auto& identifier : spec.identifiers) request.names.push_back(identifier.value);
  request.label = spec.label;
  request.ca = staging;
  request.key_type = spec.key_type;
  request.challenge = spec.challenge;
  request.deploy = false;
  request.preflight = false;
  request.timeout = timeout;
  request.ancestor_domain = spec.ancestor_domain;
  return request;
}

ordered_json document_of(const CertificateSpec& spec, const std::vector<Finding>& findings,
                         const std::string& staging) {
  ordered_json document{{"dry_run", true}, {"label", spec.label}, {"ca", spec.ca}};
  auto names = ordered_json::array();
  for (const auto& identifier : spec.identifiers) names.push_back(identifier.value);
  document["identifiers"] = std::move(names);
  document["findings"] = findings_view(findings);
  document["staging"] = staging.empty() ? ordered_json(nullptr) : ordered_json(staging);
  document["issued"] = false;
  return document;
}

std::vector<Finding> warnings_in(std::vector<Finding> findings) {
  std::erase_if(findings, [](const Finding& finding) { return finding.severity == Severity::ok; });
  return findings;
}

/// The account of a rehearsal is thrown away: a record that names it would be of no use, and in the place of
/// a good one it would do harm.
void refuse_unrehearsable(const CertificateSpec& spec) {
  if (spec.challenge.type != ChallengeType::dns_persist_01) return;
  throw Failure({.kind = TroubleKind::usage,
                 .code = "cannot_rehearse",
                 .what = "cannot rehearse an order for " + spec.label,
                 .why = "its records for dns-persist-01 name the account, and a rehearsal has another one",
                 .hint = "order it without --dry-run; 'certmgr doctor' looks at everything else"});
}

IssueReport rehearse(Application& stage, const IssueRequest& request, const RehearsalTerms& terms,
                     Progress& progress) {
  if (terms.agreed) stage.account_desk().agree(true);
  if (!terms.email.empty()) stage.account_desk().set_contacts({"mailto:" + terms.email});
  return stage.certificates().issue(request, progress);
}

}  // namespace

DryRun dry_run(Session& session, const CertificateSpec& spec, Duration timeout, const RehearsalTerms& terms,
               const std::string& command) {
  Application& app = session.app_to_look();
  const std::string staging = staging_of(app, spec.ca);
  if (!staging.empty()) refuse_unrehearsable(spec);

  TerminalProgress progress(session.output);
  progress.step(spec.label, "looking at CAA records, addresses and the way of proof");
  const auto findings = app.preflight().without_account(spec);
  DryRun done{document_of(spec, findings, staging), findings_text(warnings_in(findings)), std::nullopt};
  for (const auto& finding : findings) {
    if (finding.severity != Severity::problem) continue;
    done.trouble = trouble_of(finding);
    return done;
  }
  if (staging.empty()) {
    done.text += spec.label + ": " + findings_summary(findings) +
                 " were seen from here; no order was tried, as no CA for tests is known for " + spec.ca +
                 "\n  name one: [ca." + spec.ca + "] staging = \"NAME\"\n";
    return done;
  }

  progress.step(spec.label, "rehearsing with the CA " + staging);
  const auto stage = session.rehearsal(app.known_cas());
  const IssueReport report = rehearse(*stage, rehearsed(spec, timeout, staging), terms, progress);
  done.document["issued"] = report.issued;
  done.trouble = report.trouble;
  if (done.trouble) return done;
  if (report.version) {
    done.document["issuer"] = report.version->issuer;
    done.document["not_after"] = to_rfc3339(report.version->not_after);
  }
  done.text += spec.label + ": the dry run worked: " + staging + " issued for " + join(spec.identifiers) +
               "\n  Nothing was stored or deployed. Order from " + spec.ca + " with " + command + ".\n";
  return done;
}

int tell(Session& session, DryRun done) {
  if (!done.trouble) {
    session.output.result(done.document, done.text);
    return kDone;
  }
  const int code = exit_code_of(*done.trouble);
  session.output.error(*done.trouble, std::move(done.document));
  return code;
}

int dry_run(Session& session, const IssueRequest& request, const RehearsalTerms& terms) {
  Application& app = session.app_to_look();
  const CertificateSpec spec = app.certificates().wanted(request);
  for (const auto& server : request.servers) static_cast<void>(app.servers().show(server));
  return tell(session, dry_run(session, spec, request.timeout, terms, "the same command without --dry-run"));
}

}  // namespace certmgr::cli
