// SPDX-License-Identifier: MIT
#include "certmgr/domain/order_wish.h"
#include "cli/command.h"
#include "cli/enrollment_views.h"
#include "cli/exit_code.h"
#include "cli/terminal_progress.h"
#include "cli/text_table.h"

namespace certmgr::cli {
namespace {

using nlohmann::ordered_json;

struct Options {
  std::int64_t id = 0;
  std::string text;  // reason or comment
  std::string request_hash, not_before, not_after, until;
  bool all = false;
  bool revoke = false;
  int limit = 100;
};

[[noreturn]] void refuse(std::string code, std::string what, std::string why, std::string hint) {
  throw Failure({.kind = TroubleKind::usage,
                 .code = std::move(code),
                 .what = std::move(what),
                 .why = std::move(why),
                 .hint = std::move(hint)});
}

/// "2027-01-31T12:00:00Z", or "30d" from now on. Empty: nothing.
std::optional<Instant> moment_of(const std::string& text, Instant now) {
  if (text.empty()) return std::nullopt;
  const auto bound = value_or_throw(parse_validity_bound(text));
  if (const auto* at = std::get_if<Instant>(&bound)) return *at;
  return now + std::get<Duration>(bound);
}

int tell(Session& session, const EnrollmentSight& sight) {
  auto& desk = session.app().enrollments();
  const auto& enrollment = sight.enrollment;
  std::string text = "enrollment " + std::to_string(enrollment.id) + " for " + enrollment.request.spec.label +
                     " is " + std::string(sight.state()) + ", " + turn_text(sight) + "\n";
  if (!sight.turn.command.empty()) text += "  next: " + sight.turn.command + "\n";
  session.output.result(
      {{"enrollment", enrollment_details(sight, desk.context(enrollment), desk.grants(enrollment.id))}},
      text);
  return kDone;
}

int list(Session& session, const Options& options) {
  auto views = ordered_json::array();
  TextTable table({"ID", "LABEL", "LEVEL", "ORGANIZATION", "STATE", "WAITS FOR", "SINCE"});
  for (const auto& sight :
       session.app().enrollments().list(session.app().actor(), !options.all, 0, options.limit)) {
    views.push_back(enrollment_view(sight));
    const auto& request = sight.enrollment.request;
    table.add({std::to_string(sight.enrollment.id), request.spec.label, std::string(to_string(request.level)),
               sight.organization, std::string(sight.state()),
               std::string(enrollment::to_string(sight.turn.party)), to_rfc3339(sight.turn.since)});
  }
  const std::string none = options.all ? "no enrollments yet" : "no enrollment is open";
  session.output.result(
      {{"enrollments", views}},
      views.empty() ? none + "; request one with 'certmgr issue --level ov'\n" : table.text());
  return kDone;
}

int show(Session& session, const Options& options) {
  value_or_throw(enrollment::permit(session.app().actor(), enrollment::Deed::see));
  auto& desk = session.app().enrollments();
  const auto sight = desk.show(options.id);
  const auto context = desk.context(sight.enrollment);
  const auto grants = desk.grants(options.id);
  session.output.result({{"enrollment", enrollment_details(sight, context, grants)}},
                        enrollment_text(sight, context, grants));
  // A script that waits for the end asks for this.
  return enrollment::is_final(sight.enrollment.state) ? kDone : kWaiting;
}

int history(Session& session, const Options& options) {
  value_or_throw(enrollment::permit(session.app().actor(), enrollment::Deed::see));
  const auto sight = session.app().enrollments().show(options.id);
  auto events = session.app().events().events(sight.enrollment.request.spec.label, 10'000);
  auto views = ordered_json::array();
  std::string text;
  const std::string id = std::to_string(options.id);
  for (auto event = events.rbegin(); event != events.rend(); ++event) {
    const auto& data = event->draft.data;
    const auto named = data.find("enrollment");
    if (!event->draft.kind.starts_with("enrollment.") || named == data.end() || named->second != id) continue;
    views.push_back({{"seq", event->seq},
                     {"at", to_rfc3339(event->at)},
                     {"kind", event->draft.kind},
                     {"data", data},
                     {"hash", event->hash}});
    text += to_rfc3339(event->at) + "  " + event->draft.kind;
    for (const char* key : {"by", "roles", "from", "to", "reason", "code", "why"})
      if (const auto found = data.find(key); found != data.end())
        text += "  " + std::string(key) + "=" + ordered_json(found->second).dump();
    text += "\n";
  }
  session.output.result({{"events", std::move(views)}}, text);
  return kDone;
}

int approve(Session& session, const Options& options) {
  auto& app = session.app();
  const Instant now = app.clock().now();
  enrollment::Approve event{app.actor(),
                            options.request_hash,
                            options.text,
                            {moment_of(options.not_before, now), moment_of(options.not_after, now)}};
  return tell(session, app.enrollments().act(options.id, std::move(event)));
}

int reject(Session& session, const Options& options) {
  auto& app = session.app();
  const auto sight =
      app.enrollments().act(options.id, enrollment::Reject{app.actor(), options.text, options.revoke});
  const auto* failed = std::get_if<enrollment::Failed>(&sight.enrollment.state);
  const auto version = failed != nullptr && failed->revoke_version != 0
                           ? app.certificate_store().version(failed->revoke_version)
                           : std::nullopt;
  if (!version) return tell(session, sight);
  TerminalProgress progress(session.output);
  RevocationOrder order;
  order.label = sight.enrollment.request.spec.label;
  order.version = version->number;
  order.reason = RevocationReason::superseded;
  order.renew = false;
  const auto report = app.revocation_desk().revoke(order, progress);
  if (!report.trouble) return tell(session, sight);
  Trouble trouble = *report.trouble;
  trouble.hint = "it is rejected all the same; to have it revoked: certmgr revoke " + order.label +
                 " --version " + std::to_string(version->number) + " --reason superseded";
  session.output.error(trouble, {{"enrollment", enrollment_view(sight)}});
  return exit_code_of(trouble);
}

int grant(Session& session, const Options& options) {
  auto& app = session.app();
  const auto until = moment_of(options.until, app.clock().now());
  if (!until) refuse("bad_time", "cannot grant renewals", "no end is given", "--until 300d");
  const auto given = app.enrollments().grant(options.id, app.actor(), *until);
  const auto sight = app.enrollments().show(options.id);
  const auto persons = static_cast<int>(given.words.size());
  session.output.result({{"grant",
                          {{"id", given.id},
                           {"persons", persons},
                           {"wanted", sight.quorum},
                           {"until", to_rfc3339(given.until)}}}},
                        "grant " + std::to_string(given.id) + " for renewals of " +
                            sight.enrollment.request.spec.label + " until " + to_rfc3339(given.until) +
                            ", given by " + std::to_string(persons) + " of " + std::to_string(sight.quorum) +
                            "\n");
  return persons >= sight.quorum ? kDone : kWaiting;
}

int revoke_grant(Session& session, const Options& options) {
  auto& app = session.app();
  const auto ended = app.enrollments().revoke_grant(options.id, app.actor());
  session.output.result({{"grant", {{"id", ended.id}, {"revoked_by", ended.revoked_by}}}},
                        "grant " + std::to_string(ended.id) + " is revoked\n");
  return kDone;
}

/// A command that does one thing to one enrollment.
template <class Run>
CLI::App* add_deed(CLI::App& parent, const char* verb, const char* help,
                   const std::shared_ptr<Options>& options, Run run, Action& chosen) {
  auto* command = parent.add_subcommand(verb, help);
  command->add_option("ID", options->id, "Number of the enrollment")->required()->type_name("ID");
  command->callback([options, run, &chosen] {
    chosen = [options, run](Session& session) { return run(session, *options); };
  });
  return command;
}

/// The same for an event that a reason belongs to.
template <class Event>
void add_reasoned(CLI::App& parent, const char* verb, const char* help, bool required, Action& chosen) {
  auto options = std::make_shared<Options>();
  auto* command = add_deed(
      parent, verb, help, options,
      [](Session& session, const Options& given) {
        auto& app = session.app();
        return tell(session, app.enrollments().act(given.id, Event{app.actor(), given.text}));
      },
      chosen);
  command->add_option("--reason", options->text, "Why; kept with the decision")
      ->required(required)
      ->type_name("TEXT");
}

void add_looks(CLI::App& group, Action& chosen) {
  auto options = std::make_shared<Options>();
  auto* command = group.add_subcommand("list", "Enrollments that are open, newest first");
  command->add_flag("--all", options->all, "Also those that have ended");
  command->add_option("--limit", options->limit, "How many at most")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  command->callback(
      [options, &chosen] { chosen = [options](Session& session) { return list(session, *options); }; });
  add_deed(group, "show", "The steps of an enrollment, and who must act (exit 4 while it waits)",
           std::make_shared<Options>(), show, chosen);
  add_deed(group, "history", "What was done to an enrollment, by whom", std::make_shared<Options>(), history,
           chosen);
}

void add_approval(CLI::App& group, Action& chosen) {
  auto options = std::make_shared<Options>();
  auto* command = add_deed(group, "approve", "Say yes to the request as it is now", options, approve, chosen);
  command->add_option("--comment", options->text, "Kept with the approval")->type_name("TEXT");
  command
      ->add_option("--request", options->request_hash,
                   "Approve only if this is still what is requested (the hash that show prints)")
      ->type_name("HASH");
  command
      ->add_option("--not-before", options->not_before, "To be ordered then at the earliest (a time, or 2h)")
      ->type_name("WHEN");
  command->add_option("--not-after", options->not_after, "To be ordered before that")->type_name("WHEN");
}

void add_grants(CLI::App& group, Action& chosen) {
  auto options = std::make_shared<Options>();
  auto* command =
      add_deed(group, "grant", "Let the scheduler renew what this enrollment requests without asking",
               options, grant, chosen);
  command->add_option("--until", options->until, "Until then (a time, or 300d; at most 398 days)")
      ->required()
      ->type_name("WHEN");
  auto ended = std::make_shared<Options>();
  auto* revoke = group.add_subcommand("revoke-grant", "End a grant");
  revoke->add_option("ID", ended->id, "Number of the grant")->required()->type_name("ID");
  revoke->callback(
      [ended, &chosen] { chosen = [ended](Session& session) { return revoke_grant(session, *ended); }; });
}

}  // namespace

void add_enrollment(CLI::App& parent, Action& chosen) {
  auto* group = parent.add_subcommand("enrollment", "Requests for OV and EV certificates, and who decides");
  group->require_subcommand(1);
  add_looks(*group, chosen);
  add_approval(*group, chosen);
  add_reasoned<enrollment::Deny>(*group, "deny", "Say no; that is final", true, chosen);
  add_reasoned<enrollment::Withdraw>(*group, "withdraw", "Give a request up", false, chosen);
  add_deed(
      *group, "resume", "Go on: what hindered is removed, or what the CA asked for was done",
      std::make_shared<Options>(),
      [](Session& session, const Options& given) {
        auto& app = session.app();
        return tell(session, app.enrollments().act(given.id, enrollment::Resume{app.actor()}));
      },
      chosen);
  add_reasoned<enrollment::Accept>(*group, "accept", "Use the certificate in quarantine as it is", true,
                                   chosen);
  auto options = std::make_shared<Options>();
  auto* refuse_it =
      add_deed(*group, "reject", "Do not use the certificate in quarantine", options, reject, chosen);
  refuse_it->add_option("--reason", options->text, "Why; kept with the decision")
      ->required()
      ->type_name("TEXT");
  refuse_it->add_flag("--revoke", options->revoke, "Have the CA revoke it");
  add_reasoned<enrollment::Await>(*group, "await", "It is a placeholder: wait for the right one", true,
                                  chosen);
  add_grants(*group, chosen);
}

}  // namespace certmgr::cli
