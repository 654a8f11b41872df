// SPDX-License-Identifier: MIT
#include "cli/cmd_org_validation.h"

#include "cli/exit_code.h"
#include "cli/organization_access.h"
#include "cli/organization_options.h"
#include "cli/organization_views.h"

namespace certmgr::cli {
namespace {

/// All that any of the commands takes.
struct Options : ChoiceOptions, EvidenceOptions {
  std::string ca_reference, what, url, reason;
};

int tell(Session& session, const Options& options, const OrganizationValidation& validation) {
  auto& desk = session.app().organizations();
  session.output.result({{"name", options.name}, {"validation", validation_view(validation)}},
                        options.name + ", version " + std::to_string(validation.record_version) + ", " +
                            validation_text(validation) + "\n");
  if (validation.state != ValidationState::submitted) return kDone;
  for (const auto& warning : desk.findings(desk.show(options.name).record, validation.level).warnings)
    session.output.warning(warning.trouble.why + " (" + warning.trouble.hint + ")");
  return kDone;
}

int submit(Session& session, const Options& options) {
  return tell(
      session, options,
      organizations_to_keep(session.app())
          .submit(options.name, options.ca, *parse_organization_level(options.level), options.ca_reference));
}

int revalidate(Session& session, const Options& options) {
  return tell(session, options,
              organizations_to_keep(session.app()).revalidate(options.name, choice_of(options)));
}

/// A command for one event. `describe` adds the options the event needs, `event` makes it of them.
template <class Describe, class Event>
void add_step(CLI::App& org, const char* verb, const char* help, Describe describe, Event event,
              Action& chosen) {
  auto options = std::make_shared<Options>();
  auto* command = org.add_subcommand(verb, help);
  describe_choice(*command, *options);
  describe(*command, *options);
  command->callback([options, event, &chosen] {
    chosen = [options, event](Session& session) {
      auto& desk = organizations_to_keep(session.app());
      return tell(session, *options, desk.move(options->name, choice_of(*options), event(*options)));
    };
  });
}

void describe_reference(CLI::App& command, Options& options) {
  command
      .add_option("--ca-reference", options.ca_reference, "What the CA calls the organization or the request")
      ->type_name("TEXT");
}

void add_beginnings(CLI::App& org, Action& chosen) {
  auto sent = std::make_shared<Options>();
  auto* command = org.add_subcommand("submit", "Note that the record was sent to a CA to be validated");
  command->add_option("NAME", sent->name, "Organization")->required();
  command->add_option("--ca", sent->ca, "Configured CA")->required()->type_name("CA");
  command->add_option("--level", sent->level, "ov or ev")
      ->required()
      ->check(CLI::IsMember({"ov", "ev"}))
      ->type_name("WORD");
  describe_reference(*command, *sent);
  command->callback(
      [sent, &chosen] { chosen = [sent](Session& session) { return submit(session, *sent); }; });
  auto again = std::make_shared<Options>();
  auto* anew = org.add_subcommand("revalidate", "Note that the record was sent to the CA again");
  describe_choice(*anew, *again);
  anew->callback(
      [again, &chosen] { chosen = [again](Session& session) { return revalidate(session, *again); }; });
}

}  // namespace

void add_org_validation(CLI::App& org, Action& chosen) {
  add_beginnings(org, chosen);
  add_step(
      org, "acknowledge", "Note that the CA has taken it up", describe_reference,
      [](const Options& options) { return Acknowledged{options.ca_reference}; }, chosen);
  add_step(
      org, "ask", "Note what the CA waits for",
      [](CLI::App& command, Options& options) {
        command.add_option("--what", options.what, "What it wants")->required()->type_name("TEXT");
        command.add_option("--url", options.url, "Where that can be done")->type_name("URL");
      },
      [](const Options& options) {
        return ActionAsked{options.what, options.url};
      },
      chosen);
  add_step(
      org, "answer", "Note that the CA has got what it waited for", [](CLI::App&, Options&) {},
      [](const Options&) { return Answered{}; }, chosen);
  add_step(
      org, "validated", "Note that the CA has validated it, and how old its evidence is",
      [](CLI::App& command, Options& options) { describe_evidence(command, options); },
      [](const Options& options) { return evidence_of(options); }, chosen);
  add_step(
      org, "reject", "Note that the CA refuses",
      [](CLI::App& command, Options& options) {
        command.add_option("--reason", options.reason, "What the CA said")->required()->type_name("TEXT");
      },
      [](const Options& options) { return Refused{options.reason}; }, chosen);
}

}  // namespace certmgr::cli
