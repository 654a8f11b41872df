// SPDX-License-Identifier: MIT
#include "cli/command.h"
#include "cli/confirm.h"
#include "cli/exit_code.h"
#include "cli/report.h"
#include "cli/terminal_progress.h"
#include "cli/views.h"

namespace certmgr::cli {
namespace {

struct Options {
  std::string label, reason, signer;
  int version = 0;
  std::optional<bool> renew;
  bool at_once = false;
  bool yes = false;
  int timeout_s = 300;
};

RevocationOrder order_of(const Options& options) {
  RevocationOrder order;
  order.label = options.label;
  if (options.version > 0) order.version = options.version;
  if (!options.reason.empty()) {
    order.reason = parse_revocation_reason(options.reason);
    if (!order.reason)
      throw Failure({.kind = TroubleKind::usage,
                     .code = "unknown_reason",
                     .what = "cannot revoke " + options.label,
                     .why = "'" + options.reason + "' is no reason a subscriber may give",
                     .hint = "use one of " + known_revocation_reasons()});
  }
  if (options.signer == "account") order.signer = RevocationSigner::account;
  if (options.signer == "certificate") order.signer = RevocationSigner::certificate;
  order.renew = options.renew;
  order.at_once = options.at_once;
  order.timeout = std::chrono::seconds(options.timeout_s);
  return order;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::string plan_text(const RevocationPlan& plan) {
  const auto& label = plan.certificate.spec.label;
  std::string text = label + ", version " + std::to_string(plan.version.number) +
                     (plan.current ? " (the current one)" : "") + "\n  names    " +
                     join(plan.certificate.spec.identifiers) + "\n  serial   " + plan.version.serial +
                     "\n  reason   " + std::string(to_string(plan.reason)) + "\n";
  if (!plan.served_by.empty())
    text += std::string("  served   ") + (plan.replace_first ? "now by " : "still by ") +
            joined(plan.served_by) + "\n";
  if (!plan.same_key.empty()) {
    std::vector<std::string> numbers;
    for (const int number : plan.same_key) numbers.push_back(std::to_string(number));
    text += "  its key is also that of version " + joined(numbers) + ", which has to be revoked by itself\n";
  }
  if (plan.reason == RevocationReason::key_compromise) text += "  its key is never used for an order again\n";
  if (plan.replace_first)
    text += "  first a new certificate with a new key is issued, deployed and proven\n";
  else if (plan.current && plan.renew)
    text += "  a new one is ordered by the daemon, or by 'certmgr renew " + label + "'\n";
  else if (plan.current)
    text += "  no new one is ordered until somebody does: certmgr renew " + label + "\n";
  return text;
}

ordered_json revocation_view(Application& app, const RevocationReport& report) {
  const auto& plan = report.plan;
  const bool revoked = report.revocation.has_value();
  ordered_json view{
      {"label", plan.certificate.spec.label},
      {"version", plan.version.number},
      {"serial", plan.version.serial},
      {"reason", to_string(plan.reason)},
      {"revoked", revoked},
      {"revoked_at", nullptr},
      {"already_revoked", report.already},
      {"signed_by", nullptr},
      {"renew", plan.renew},
      {"served_by", app.revocation_desk().plan({plan.certificate.spec.label, plan.version.number}).served_by},
      {"same_key", plan.same_key}};
  if (revoked) view["revoked_at"] = to_rfc3339(report.revocation->revoked_at);
  if (!report.signed_by.empty()) view["signed_by"] = report.signed_by;
  ordered_json document{{"revocation", std::move(view)}, {"replacement", nullptr}};
  if (report.replacement) document["replacement"] = report_view(app, *report.replacement);
  return document;
}

int tell(Session& session, const RevocationReport& report) {
  auto document = revocation_view(session.app(), report);
  std::string text = report.replacement ? report_text(session.app(), *report.replacement) : std::string();
  if (report.trouble) {
    if (!session.output.json()) session.output.result(document, text);
    session.output.error(*report.trouble, std::move(document));
    return report.replacement && report_code(*report.replacement) != kDone ? report_code(*report.replacement)
                                                                           : exit_code_of(*report.trouble);
  }
  text += report.plan.certificate.spec.label + ": version " + std::to_string(report.plan.version.number) +
          (report.already ? " was revoked already\n" : " is revoked\n");
  session.output.result(document, text);
  const auto& served = document["revocation"]["served_by"];
  for (const auto& server : served)
    session.output.warning("the server " + server.get<std::string>() +
                           " presents a revoked certificate: certmgr renew " +
                           report.plan.certificate.spec.label);
  return kDone;
}

int revoke(Session& session, const Options& options) {
  const RevocationOrder order = order_of(options);
  Application& app = session.app();
  const auto plan = app.revocation_desk().plan(order);
  if (!session.output.json()) session.output.result({}, plan_text(plan));
  if (!options.yes && !can_ask(session.output))
    throw Failure({.kind = TroubleKind::usage,
                   .code = "not_confirmed",
                   .what = "did not revoke " + options.label,
                   .why = "there is no terminal to ask on, and --yes was not given",
                   .hint = "the same command with --yes"});
  if (!options.yes && !confirmed("Revoke it? This cannot be undone.")) {
    session.output.result({}, "nothing was changed\n");
    return kUsage;
  }
  RevocationOrder exact = order;
  exact.version = plan.version.number;
  RevocationReport report;
  {
    TerminalProgress progress(session.output);
    report = app.revocation_desk().revoke(exact, progress);
  }
  return tell(session, report);
}

}  // namespace

void add_revoke(CLI::App& parent, Action& chosen) {
  auto options = std::make_shared<Options>();
  auto* command = parent.add_subcommand("revoke", "Have the CA revoke a certificate");
  command->add_option("LABEL", options->label, "Certificate")->required();
  command->add_option("--version", options->version, "Which version (default: the current one)")
      ->check(CLI::Range(1, 1'000'000))
      ->type_name("N");
  command
      ->add_option("--reason", options->reason,
                   "One of " + known_revocation_reasons() + " (default: unspecified)")
      ->type_name("REASON");
  command
      ->add_option("--sign-with", options->signer,
                   "Whose key signs: account or certificate (default: the account's, else the certificate's)")
      ->check(CLI::IsMember({"account", "certificate"}))
      ->type_name("KEY");
  command->add_flag_callback(
      "--renew", [options] { options->renew = true; },
      "A new certificate is to take its place (default, but for cessationOfOperation)");
  command->add_flag_callback(
      "--no-renew", [options] { options->renew = false; },
      "Nobody orders a new one until 'certmgr issue' or 'renew' does");
  command->add_flag("--at-once", options->at_once,
                    "With keyCompromise: revoke before the replacement is in place");
  command->add_flag("--yes", options->yes, "Do not ask");
  command->add_option("--timeout", options->timeout_s, "Seconds to wait for the CA to issue the replacement")
      ->check(CLI::Range(1, 86400))
      ->capture_default_str();
  command->callback(
      [options, &chosen] { chosen = [options](Session& session) { return revoke(session, *options); }; });
}

}  // namespace certmgr::cli
