// SPDX-License-Identifier: MIT
#include <algorithm>

#include "cli/command.h"
#include "cli/confirm.h"
#include "cli/exit_code.h"
#include "cli/fleet_views.h"
#include "cli/organization_access.h"
#include "cli/terminal_progress.h"

namespace certmgr::cli {
namespace {

using nlohmann::ordered_json;

struct Options {
  std::string file;
  bool dry_run = false;
  bool yes = false;
  bool prune = false;
};

enum class Consent { given, refused, nobody_there };

Consent ask(const Session& session, const FleetPlan& plan, const Options& options) {
  if (options.yes || plan.empty()) return Consent::given;
  if (!can_ask(session.output)) return Consent::nobody_there;
  return confirmed("Apply?") ? Consent::given : Consent::refused;
}

int tell_nobody_there(const Session& session, ordered_json document, const Options& options) {
  document["applied"] = false;
  session.output.error({.kind = TroubleKind::usage,
                        .code = "not_confirmed",
                        .what = "did not apply " + options.file,
                        .why = "there is no terminal to ask on, and --yes was not given",
                        .hint = "look at the plan, then give the command again with --yes"},
                       std::move(document));
  return kUsage;
}

bool any(const FleetPlan& plan, FleetPart part, std::initializer_list<FleetAction> actions) {
  return std::any_of(plan.changes.begin(), plan.changes.end(), [&](const FleetChange& change) {
    return change.part == part && std::find(actions.begin(), actions.end(), change.action) != actions.end();
  });
}

/// What becomes of the certificates now, and what it does not reach.
std::string next_text(Application& app, const FleetPlan& plan) {
  std::string text;
  if (any(plan, FleetPart::certificate, {FleetAction::create, FleetAction::change})) {
    const auto daemon = app.daemons().serving(TaskKind::renewal);
    text += daemon ? "The daemon (" + *daemon + ") issues and deploys what is due now.\n"
                   : "No daemon is running: start it, or run 'certmgr daemon --once', to issue and deploy.\n";
  }
  if (any(plan, FleetPart::ca, {FleetAction::change, FleetAction::remove}) &&
      app.daemons().serving(TaskKind::order))
    text += "Restart the daemon: it may still use the changed CA as it was.\n";
  if (any(plan, FleetPart::server, {FleetAction::change}))
    text += "Run 'certmgr deploy LABEL' where the files of a server have changed.\n";
  return text;
}

int carry_out(Session& session, const FleetProposal& proposal, ordered_json document) {
  Application& app = session.app();
  TerminalProgress progress(session.output);
  if (!proposal.plan.empty()) app.fleet().carry_out(proposal, progress);
  document["applied"] = !proposal.plan.empty();
  session.output.result(
      document, proposal.plan.empty() ? "nothing to do\n" : "Applied.\n" + next_text(app, proposal.plan));
  return kDone;
}

/// What people decided, or were to decide, goes with a certificate that is removed. True: that is so of one.
bool tell_ends(Application& app, FleetProposal& proposal) {
  bool enrolled = false;
  for (auto& change : proposal.plan.changes) {
    if (change.part != FleetPart::certificate || change.action != FleetAction::remove) continue;
    const auto& present = proposal.present.certificates[change.present];
    if (!is_enrolled(present.spec)) continue;
    enrolled = true;
    if (const auto open = app.enrollments().open_enrollment({present.id, present.spec, {}}))
      change.effects.push_back("withdraws enrollment " + std::to_string(open->id) + ", which is " +
                               std::string(enrollment::name_of(open->state)));
  }
  return enrolled;
}

/// `ends`: something that people decide about.
void refuse_beyond_roles(Application& app, const FleetPlan& plan, bool ends) {
  if (ends) value_or_throw(enrollment::permit(app.actor(), enrollment::Deed::withdraw));
  if (any(plan, FleetPart::organization, {FleetAction::create, FleetAction::change, FleetAction::remove}))
    organizations_to_keep(app);
}

int apply(Session& session, const Options& options) {
  Application& app = options.dry_run ? session.app() : session.app_to_add();
  FleetProposal proposal = app.fleet().propose(options.file, options.prune);
  for (const auto& warning : proposal.warnings) session.output.warning(warning);
  const bool ends = tell_ends(app, proposal);
  if (!options.dry_run) refuse_beyond_roles(app, proposal.plan, ends);
  auto document = plan_view(proposal.plan);
  // With --json there is one document, at the end.
  if (!session.output.json()) session.output.result({}, plan_text(proposal.plan, session.output.verbose()));
  if (options.dry_run) {
    document["applied"] = false;
    session.output.result(document, "");
    return kDone;
  }
  switch (ask(session, proposal.plan, options)) {
    case Consent::given:
      return carry_out(session, proposal, std::move(document));
    case Consent::refused:
      session.output.result({}, "nothing was changed\n");
      return kUsage;
    case Consent::nobody_there:
      break;
  }
  return tell_nobody_there(session, std::move(document), options);
}

}  // namespace

void add_apply(CLI::App& parent, Action& chosen) {
  auto options = std::make_shared<Options>();
  auto* command = parent.add_subcommand(
      "apply", "Make CAs, servers, organizations and certificates what a fleet file says");
  command->add_option("FILE", options->file, "Fleet file (TOML)")->required();
  command->add_flag("--dry-run", options->dry_run, "Print the plan, change nothing");
  command->add_flag("--yes", options->yes, "Do not ask");
  command->add_flag("--prune", options->prune, "Remove what is not in the file");
  command->callback(
      [options, &chosen] { chosen = [options](Session& session) { return apply(session, *options); }; });
}

}  // namespace certmgr::cli
