// SPDX-License-Identifier: MIT
#include "cli/report.h"

#include "certmgr/domain/renewal.h"
#include "cli/exit_code.h"
#include "cli/views.h"

namespace certmgr::cli {

std::string deployment_text(const DeployResult& result) {
  if (!result.deployment) return "not started";
  std::string text(name_of(result.deployment->state));
  if (!std::holds_alternative<Verified>(result.deployment->state)) return text;
  if (result.server.verify.empty()) return "in place; not proven, as the server has no --verify address";
  std::string targets;
  for (const auto& target : result.server.verify)
    targets += (targets.empty() ? "" : ", ") + to_string(target);
  return text + ": " + targets + (result.server.verify.size() > 1 ? " present it" : " presents it");
}

std::string report_text(Application& app, const IssueReport& report) {
  if (!report.version) return {};
  const std::string renew_at =
      to_rfc3339(renewal_time(*report.version, app.renewal_infos().suggested(report.version->id),
                              renewal_terms(report.certificate->spec)));
  const Version& version = *report.version;
  const auto& spec = report.certificate->spec;
  const bool changed = report.issued || report.deployed;
  std::string text = spec.label + ": " +
                     (report.end == IssueReport::End::deploy_failed ? "not deployed everywhere"
                      : report.issued                               ? "issued"
                      : changed                                     ? "deployed"
                                                                    : "nothing to do");
  text += "\n  names       " + join(spec.identifiers);
  text += "\n  issuer      " + version.issuer;
  text += "\n  serial      " + version.serial;
  text += "\n  sha256      " + version.fingerprint;
  text += "\n  valid until " + to_rfc3339(version.not_after);
  text += "\n  renewal     " + renew_at + "\n";
  for (const auto& result : report.deployments)
    text += "  " + result.server.name + "  " + deployment_text(result) + "\n";
  if (report.deployments.empty() && report.end == IssueReport::End::done)
    text += "  It is in the store only. Deploy it: certmgr deploy " + spec.label +
            " --server NAME\n  or write it to files: certmgr export " + spec.label + " --out DIR\n";
  return text;
}

nlohmann::ordered_json report_view(Application& app, const IssueReport& report) {
  ordered_json view{{"changed", report.issued || report.deployed}, {"issued", report.issued}};
  if (report.certificate) view["certificate"] = certificate_view(app, *report.certificate);
  if (report.order) view["order"] = order_view(*report.order);
  auto deployments = ordered_json::array();
  for (const auto& result : report.deployments)
    deployments.push_back(deployment_view(result.server, result.deployment));
  view["deployments"] = std::move(deployments);
  return view;
}

int report_code(const IssueReport& report) {
  switch (report.end) {
    case IssueReport::End::done:
      return kDone;
    case IssueReport::End::deploy_failed:
      return kDeployFailed;
    case IssueReport::End::waiting:
      return kWaiting;
    case IssueReport::End::failed:
      break;
  }
  return report.trouble && report.trouble->kind == TroubleKind::usage ? kUsage : kFailed;
}

int tell(Session& session, const IssueReport& report) {
  auto view = report_view(session.app(), report);
  if (!report.trouble) {
    session.output.result(view, report_text(session.app(), report));
    return report_code(report);
  }
  if (!session.output.json()) session.output.result(view, report_text(session.app(), report));
  session.output.error(*report.trouble, std::move(view));
  return report_code(report);
}

int tell(const Session& session, const answers::Answer& answer) {
  if (answer.trouble) {
    session.output.error(*answer.trouble, answer.document);
    return exit_code_of(*answer.trouble);
  }
  session.output.result(answer.document, answer.text);
  return answer.waiting ? kWaiting : kDone;
}

namespace {

/// The worst trouble, and what else there is to know and to do.
Trouble all_told(const std::vector<IssueReport>& reports, const IssueReport& worst) {
  Trouble all = *worst.trouble;
  for (const auto& report : reports) {
    if (&report == &worst || !report.trouble) continue;
    all.why += "; also " + report.trouble->message();
    if (report.trouble->hint != all.hint) all.hint += "; also " + report.trouble->hint;
  }
  return all;
}

}  // namespace

int tell_all(Session& session, const std::vector<IssueReport>& reports) {
  ordered_json view{{"changed", false}, {"certificates", ordered_json::array()}};
  std::string text;
  const IssueReport* worst = nullptr;
  const auto badness = [](const IssueReport& report) {
    switch (report.end) {
      case IssueReport::End::done:
        return 0;
      case IssueReport::End::waiting:
        return 1;
      case IssueReport::End::deploy_failed:
        return 2;
      case IssueReport::End::failed:
        break;
    }
    return 3;
  };
  for (const auto& report : reports) {
    view["certificates"].push_back(report_view(session.app(), report));
    view["changed"] = view["changed"].get<bool>() || report.issued || report.deployed;
    text += report_text(session.app(), report);
    if (report.trouble && (worst == nullptr || badness(report) > badness(*worst))) worst = &report;
  }
  if (worst == nullptr || !session.output.json()) session.output.result(view, text);
  if (worst == nullptr) return kDone;
  session.output.error(all_told(reports, *worst), std::move(view));
  return report_code(*worst);
}

}  // namespace certmgr::cli
