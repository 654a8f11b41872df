// SPDX-License-Identifier: MIT
#include <algorithm>

#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/issue_dry_run.h"
#include "cli/report.h"
#include "cli/terminal_progress.h"
#include "cli/views.h"

namespace certmgr::cli {
namespace {

struct Options {
  std::vector<std::string> labels;
  bool all = false;  // the same as naming none; it says so
  bool force = false;
  bool dry_run = false;
  RehearsalTerms terms{};
  int timeout_s = 300;
};

std::vector<std::string> labels_of(Session& session, const Options& options) {
  if (!options.labels.empty()) return options.labels;
  if (options.force)
    throw Failure(
        {.kind = TroubleKind::usage,
         .code = "usage",
         .what = "cannot renew",
         .why = "--force needs labels: to order every certificate anew would run into the CA's rate limits",
         .hint = "certmgr renew --force LABEL..., or leave --force out"});
  TerminalProgress progress(session.output);
  return (options.dry_run ? session.app_to_look() : session.app()).certificates().due(progress);
}

ordered_json error_view(const Trouble& trouble) {
  return {{"code", trouble.code},
          {"message", trouble.message()},
          {"hint", trouble.hint},
          {"detail", trouble.detail}};
}

/// The first end that is not "done" decides; a failure outweighs a failed deployment, that a wait.
int worst(int a, int b) {
  const auto rank = [](int code) {
    switch (code) {
      case kDone:
        return 0;
      case kWaiting:
        return 1;
      case kDeployFailed:
        return 2;
      default:
        return 3;
    }
  };
  return rank(b) > rank(a) ? b : a;
}

IssueReport renew_one(Session& session, const std::string& label, const Options& options) {
  TerminalProgress progress(session.output);
  Application& app = session.app();
  return app.certificates().renew(label, options.force, std::chrono::seconds(options.timeout_s), progress,
                                  [&app] { return app.actor(); });
}

int renew_many(Session& session, const std::vector<std::string>& labels, const Options& options) {
  int code = kDone;
  auto views = ordered_json::array();
  std::string text;
  for (const auto& label : labels) {
    const IssueReport report = renew_one(session, label, options);
    auto view = report_view(session.app(), report);
    if (report.trouble) view["error"] = error_view(*report.trouble);
    views.push_back(std::move(view));
    text += report_text(session.app(), report);
    if (report.trouble && !session.output.json()) session.output.error(*report.trouble);
    code = worst(code, report_code(report));
  }
  if (labels.empty()) text = "nothing is due for renewal\n";
  session.output.result({{"renewals", std::move(views)}}, text);
  return code;
}

/// What is ordered anew is ordered from a CA that the configuration knows.
void refuse_forgotten_ca(Application& app, const CertificateSpec& spec) {
  const auto cas = app.known_cas();
  if (std::any_of(cas.begin(), cas.end(), [&](const CaEntry& ca) { return ca.name == spec.ca; })) return;
  throw Failure({.kind = TroubleKind::usage,
                 .code = "unknown_ca",
                 .what = "cannot rehearse a renewal of " + spec.label,
                 .why = "there is no CA '" + spec.ca + "'",
                 .hint = "configure [ca." + spec.ca +
                         "], or order from another with 'certmgr issue --label " + spec.label +
                         " --ca NAME'"});
}

DryRun rehearse_one(Session& session, const std::string& label, const Options& options) {
  Application& app = session.app_to_look();
  const auto certificate = app.certificates().existing(label);
  refuse_forgotten_ca(app, certificate.spec);
  if (is_enrolled(certificate.spec))
    throw Failure({.kind = TroubleKind::usage,
                   .code = "dry_run_level",
                   .what = "cannot rehearse a renewal of " + label,
                   .why = "people decide about its level, " + certificate.spec.level,
                   .hint = "see 'certmgr enrollment list --all'"});
  return dry_run(session, certificate.spec, std::chrono::seconds(options.timeout_s), options.terms,
                 "'certmgr renew --force " + label + "', or leave it to its time");
}

/// The others are rehearsed all the same.
DryRun rehearse_one_of_many(Session& session, const std::string& label, const Options& options) {
  try {
    return rehearse_one(session, label, options);
  } catch (const Failure& failure) {
    Trouble trouble = failure.trouble();
    trouble.what = label + ": " + trouble.what;
    return {{{"dry_run", true}, {"label", label}}, {}, std::move(trouble)};
  }
}

int rehearse_many(Session& session, const std::vector<std::string>& labels, const Options& options) {
  int code = kDone;
  auto views = ordered_json::array();
  std::string text;
  for (const auto& label : labels) {
    DryRun done = rehearse_one_of_many(session, label, options);
    if (done.trouble) {
      done.document["error"] = error_view(*done.trouble);
      if (!session.output.json()) session.output.error(*done.trouble);
      code = worst(code, exit_code_of(*done.trouble));
    } else {
      text += done.text;
    }
    views.push_back(std::move(done.document));
  }
  if (labels.empty()) text = "nothing is due for renewal\n";
  session.output.result({{"dry_run", true}, {"renewals", std::move(views)}}, text);
  return code;
}

int rehearse(Session& session, const Options& options) {
  const auto labels = labels_of(session, options);
  if (options.labels.size() == 1) return tell(session, rehearse_one(session, labels.front(), options));
  return rehearse_many(session, labels, options);
}

int renew(Session& session, const Options& options) {
  if (options.dry_run) return rehearse(session, options);
  const auto labels = labels_of(session, options);
  if (options.labels.size() == 1) return tell(session, renew_one(session, labels.front(), options));
  return renew_many(session, labels, options);
}

}  // namespace

void add_renew(CLI::App& parent, Action& chosen) {
  auto options = std::make_shared<Options>();
  auto* command = parent.add_subcommand("renew", "Renew what is due, deploy it and prove that it is served");
  auto* labels = command->add_option("LABEL", options->labels, "Certificates (default: all that are due)");
  command->add_flag("--all", options->all, "All that are due")->excludes(labels);
  command->add_flag("--force", options->force, "Renew the named ones even if they are not due");
  auto* rehearsal =
      command->add_flag("--dry-run", options->dry_run,
                        "Check, and order from the CA's staging service; store and deploy nothing");
  command->add_flag("--agree-tos", options->terms.agreed, "Agree to the terms of that service")
      ->needs(rehearsal);
  command->add_option("--timeout", options->timeout_s, "Seconds to wait for the CA")
      ->check(CLI::Range(1, 86400))
      ->capture_default_str();
  command->callback(
      [options, &chosen] { chosen = [options](Session& session) { return renew(session, *options); }; });
}

}  // namespace certmgr::cli
