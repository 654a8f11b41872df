// SPDX-License-Identifier: MIT
#include "answers/text_table.h"
#include "cli/cmd_org_validation.h"
#include "cli/command.h"
#include "cli/confirm.h"
#include "cli/exit_code.h"
#include "cli/organization_access.h"
#include "cli/organization_options.h"
#include "cli/organization_views.h"

namespace certmgr::cli {
namespace {

using nlohmann::ordered_json;

void warn(const Session& session, const OrganizationFindings& found) {
  for (const auto& warning : found.warnings)
    session.output.warning(warning.trouble.why + " (" + warning.trouble.hint + ")");
}

int tell(Session& session, const Organization& organization, const std::string& note,
         ordered_json document = ordered_json::object()) {
  auto& desk = session.app().organizations();
  document["organization"] = organization_view(desk, organization);
  session.output.result(document, organization_text(desk, organization) + note);
  return kDone;
}

int add(Session& session, const OrganizationOptions& options) {
  auto& desk = organizations_to_keep(session.app_to_add());
  const auto added = desk.add(record_of(options, {}, desk));
  warn(session, desk.findings(added.record, OrganizationLevel::ov));
  return tell(session, added,
              "Added. Next: certmgr org submit " + added.record.name + " --ca CA --level ov\n");
}

/// What cannot be undone is asked for, or takes --yes. Nothing: go on.
std::optional<int> refused(Session& session, const std::string& what, const std::string& why,
                           const std::string& question, ordered_json known) {
  if (can_ask(session.output)) {
    if (confirmed(question)) return std::nullopt;
    session.output.result({}, "nothing was changed\n");
    return kUsage;
  }
  session.output.error({.kind = TroubleKind::usage,
                        .code = "not_confirmed",
                        .what = what,
                        .why = why + ", there is no terminal to ask on, and --yes was not given",
                        .hint = "give the command again with --yes"},
                       std::move(known));
  return kUsage;
}

int edit(Session& session, const OrganizationOptions& options) {
  auto& desk = organizations_to_keep(session.app());
  const auto before = desk.show(options.name);
  const auto proposal = desk.propose(options.name, record_of(options, before.record, desk));
  auto document = edit_view(proposal);
  document["changed"] = false;
  if (proposal.differences.empty()) return tell(session, before, "nothing to do\n", std::move(document));
  if (!session.output.json()) session.output.result({}, edit_text(proposal));
  if (!proposal.suspends.empty() && !options.yes)
    if (const auto code =
            refused(session, "did not change organization '" + options.name + "'",
                    "the edit makes void what CAs have validated or are vetting", "Change it?", document))
      return *code;
  const auto after = desk.carry_out(proposal);
  warn(session, desk.findings(after.record, OrganizationLevel::ov));
  document["changed"] = true;
  return tell(session, after,
              proposal.suspends.empty()
                  ? "Changed.\n"
                  : "Changed. Next: tell the CA, then certmgr org revalidate " + options.name + "\n",
              std::move(document));
}

int remove(Session& session, const std::string& name, bool yes) {
  auto& desk = organizations_to_keep(session.app());
  const auto organization = desk.show(name);
  std::string ends;
  for (const auto& validation : desk.validations(organization))
    if (is_running(validation.state) || is_in_force(validation.state))
      ends += (ends.empty() ? "" : ", ") + validation_text(validation);
  for (const auto& enrollment : session.app().enrollments().open_of(organization))
    ends += (ends.empty() ? "" : ", ") + std::string("what enrollment ") + std::to_string(enrollment.id) +
            " for " + enrollment.request.spec.label + " waits for";
  if (!ends.empty() && !yes)
    if (const auto code = refused(session, "did not remove organization '" + name + "'", "this ends " + ends,
                                  "Remove " + name + " and end " + ends + "?", {}))
      return *code;
  desk.remove(organization);
  session.output.result({{"removed", name}}, name + " is removed; its versions stay as evidence\n");
  return kDone;
}

int list(Session& session) {
  auto& desk = session.app().organizations();
  auto views = ordered_json::array();
  answers::TextTable table({"NAME", "LEGAL NAME", "COUNTRY", "VERSION", "VALIDATIONS"});
  for (const auto& organization : desk.list()) {
    auto view = record_view(organization);
    view["validations"] = ordered_json::array();
    std::string validations;
    for (const auto& validation : desk.validations(organization)) {
      view["validations"].push_back(validation_view(validation));
      if (is_running(validation.state) || is_in_force(validation.state))
        validations += (validations.empty() ? "" : "; ") + validation_text(validation);
    }
    const auto& record = organization.record;
    table.add({record.name, record.legal_name, record.address_country, std::to_string(organization.version),
               validations.empty() ? "-" : validations});
    views.push_back(std::move(view));
  }
  const std::string text =
      views.empty() ? "no organizations yet; add one with 'certmgr org add'\n" : table.text();
  session.output.result({{"organizations", std::move(views)}}, text);
  return kDone;
}

int history(Session& session, const std::string& name) {
  auto& desk = session.app().organizations();
  const auto versions = desk.versions(desk.show(name));
  auto views = ordered_json::array();
  std::string text;
  for (std::size_t i = versions.size(); i-- > 0;) {  // oldest first, as in `history`
    auto view = record_view(versions[i]);
    text +=
        "version " + std::to_string(versions[i].version) + "  " + to_rfc3339(versions[i].changed_at) + "\n";
    if (i + 1 < versions.size()) {
      const OrganizationEdit step{
          versions[i + 1], versions[i].record, differences(versions[i + 1].record, versions[i].record), {}};
      view["changes"] = edit_view(step)["changes"];
      text += edit_text(step);
    }
    views.push_back(std::move(view));
  }
  auto cycles = ordered_json::array();
  for (const auto& validation : desk.validations(desk.show(name))) {
    cycles.push_back(validation_view(validation));
    text += to_rfc3339(validation.entered_at) + "  version " + std::to_string(validation.record_version) +
            "  " + validation_text(validation) + "\n";
  }
  session.output.result({{"versions", std::move(views)}, {"validations", std::move(cycles)}},
                        text + "Every step: certmgr history " + name + "\n");
  return kDone;
}

template <class Run>
CLI::App* add_named(CLI::App& group, const char* verb, const char* help, Run run, Action& chosen) {
  auto name = std::make_shared<std::string>();
  auto* command = group.add_subcommand(verb, help);
  command->add_option("NAME", *name, "Organization")->required();
  command->callback(
      [name, run, &chosen] { chosen = [name, run](Session& session) { return run(session, *name); }; });
  return command;
}

}  // namespace

void add_org(CLI::App& parent, Action& chosen) {
  auto* group = parent.add_subcommand("org", "Organizations that OV and EV certificates vouch for");
  group->require_subcommand(1);
  auto added = std::make_shared<OrganizationOptions>();
  auto* add_command = group->add_subcommand("add", "Add an organization");
  describe_organization(*add_command, *added);
  add_command->callback(
      [added, &chosen] { chosen = [added](Session& session) { return add(session, *added); }; });
  group->add_subcommand("list", "List the organizations")->callback([&chosen] { chosen = list; });
  add_named(
      *group, "show", "Show one organization, and how CAs have validated it",
      [](Session& session, const std::string& name) {
        return tell(session, session.app().organizations().show(name), "");
      },
      chosen);
  auto edited = std::make_shared<OrganizationOptions>();
  auto* edit_command =
      group->add_subcommand("edit", "Change an organization; other identity data suspend its validations");
  describe_organization(*edit_command, *edited);
  edit_command->add_flag("--yes", edited->yes, "Do not ask, even if validations are suspended");
  edit_command->callback(
      [edited, &chosen] { chosen = [edited](Session& session) { return edit(session, *edited); }; });
  auto yes = std::make_shared<bool>(false);
  add_named(
      *group, "remove", "Forget an organization",
      [yes](Session& session, const std::string& name) { return remove(session, name, *yes); }, chosen)
      ->add_flag("--yes", *yes, "Do not ask, even if validations end with it");
  add_named(*group, "history", "Show all versions and validations", history, chosen);
  add_org_validation(*group, chosen);
}

}  // namespace certmgr::cli
