// SPDX-License-Identifier: MIT
#include "answers/enrollment_answers.h"
#include "cli/command.h"
#include "cli/report.h"
#include "cli/terminal_progress.h"

namespace certmgr::cli {
namespace {

using answers::EnrollmentAsk;

using Shared = std::shared_ptr<EnrollmentAsk>;

/// An empty variable of a script must not take a condition away.
const CLI::Validator kNotEmpty(
    [](const std::string& text) { return text.empty() ? std::string("it is empty") : std::string(); }, "");

int run(Session& session, const EnrollmentAsk& ask, const std::string& socket) {
  const auto door = session.enrollment_door(socket);
  TerminalProgress progress(session.output);
  return tell(session, door ? door->ask(ask)
                            : answers::carry_out(session.app(), session.app().actor(), ask, progress));
}

/// The group's commands are made by this.
class Verbs {
 public:
  Verbs(CLI::App& parent, Action& chosen) : chosen_(chosen) {
    group_ = parent.add_subcommand("enrollment",
                                   "Requests for OV and EV certificates, and who decides about them");
    group_->require_subcommand(1);
    group_
        ->add_option(
            "--socket", *socket_,
            "Ask the daemon behind this socket (default: [web] socket, where the store is closed to you)")
        ->type_name("PATH");
  }

  CLI::App* add(const char* verb, const char* help, const Shared& options) {
    options->verb = verb;
    auto* command = group_->add_subcommand(verb, help);
    command->callback([options, socket = socket_, &chosen = chosen_] {
      chosen = [options, socket](Session& session) { return run(session, *options, *socket); };
    });
    return command;
  }

  CLI::App* add_about(const char* verb, const char* help, const Shared& options,
                      const char* of_what = "Number of the enrollment") {
    auto* command = add(verb, help, options);
    command->add_option("ID", options->id, of_what)->required()->check(CLI::PositiveNumber)->type_name("ID");
    return command;
  }

  CLI::App* add_reasoned(const char* verb, const char* help, bool required,
                         const Shared& options = std::make_shared<EnrollmentAsk>()) {
    auto* command = add_about(verb, help, options);
    command->add_option("--reason", options->reason, "Why; kept with the decision")
        ->required(required)
        ->type_name("TEXT");
    return command;
  }

 private:
  CLI::App* group_ = nullptr;
  std::shared_ptr<std::string> socket_ = std::make_shared<std::string>();
  Action& chosen_;
};

void add_looks(Verbs& verbs) {
  auto options = std::make_shared<EnrollmentAsk>();
  auto* command = verbs.add("list", "Enrollments that are open, newest first", options);
  command->add_flag("--all", options->all, "Also those that have ended");
  command->add_option("--limit", options->limit, "How many at most")
      ->check(CLI::Range(1, answers::kMostListed))
      ->capture_default_str();
  verbs.add_about("show", "The steps of an enrollment, and who must act (exit 4 while it waits)",
                  std::make_shared<EnrollmentAsk>());
  verbs.add_about("history", "What was done to an enrollment, by whom", std::make_shared<EnrollmentAsk>());
}

void add_approval(Verbs& verbs) {
  auto options = std::make_shared<EnrollmentAsk>();
  auto* command = verbs.add_about("approve", "Say yes to the request as it is now", options);
  auto& ask = *options;
  command->add_option("--comment", ask.comment, "Kept with the approval")->type_name("TEXT");
  command
      ->add_option("--request", ask.request_hash,
                   "Approve only if this is still what is requested (the hash that show prints)")
      ->check(kNotEmpty)
      ->type_name("HASH");
  command->add_option("--not-before", ask.not_before, "To be ordered then at the earliest (a time, or 2h)")
      ->check(kNotEmpty)
      ->type_name("WHEN");
  command->add_option("--not-after", ask.not_after, "To be ordered before that")
      ->check(kNotEmpty)
      ->type_name("WHEN");
}

void add_grants(Verbs& verbs) {
  auto options = std::make_shared<EnrollmentAsk>();
  verbs.add_about("grant", "Let the scheduler renew what this enrollment requests without asking", options)
      ->add_option("--until", options->until, "Until then (a time, or 300d; at most 398 days)")
      ->required()
      ->type_name("WHEN");
  verbs.add_about("revoke-grant", "End a grant", std::make_shared<EnrollmentAsk>(), "Number of the grant");
}

}  // namespace

void add_enrollment(CLI::App& parent, Action& chosen) {
  Verbs verbs(parent, chosen);
  add_looks(verbs);
  add_approval(verbs);
  verbs.add_reasoned("deny", "Say no; that is final", true);
  verbs.add_reasoned("withdraw", "Give a request up", false);
  verbs.add_about("resume", "Go on: what hindered is removed, or what the CA asked for was done",
                  std::make_shared<EnrollmentAsk>());
  verbs.add_reasoned("accept", "Use the certificate in quarantine as it is", true);
  auto options = std::make_shared<EnrollmentAsk>();
  verbs.add_reasoned("reject", "Do not use the certificate in quarantine", true, options)
      ->add_flag("--revoke", options->revoke, "Have the CA revoke it");
  verbs.add_reasoned("await", "It is a placeholder: wait for the right one", true);
  add_grants(verbs);
}

}  // namespace certmgr::cli
