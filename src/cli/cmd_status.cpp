// SPDX-License-Identifier: MIT
#include <algorithm>

#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/status_view.h"

namespace certmgr::cli {
namespace {

using Counts = std::map<std::string, std::int64_t>;

constexpr int kMostInText = 10;

std::int64_t sum(const Counts& counts) {
  std::int64_t total = 0;
  for (const auto& [word, count] : counts) total += count;
  return total;
}

/// "1190 fresh, 3 failing"; words without any are left out.
std::string counted(const Counts& counts) {
  std::string text;
  for (const auto& [word, count] : counts)
    if (count > 0) text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + word;
  return text.empty() ? "none" : text;
}

std::string line(const std::string& name, const std::string& value) {
  return name + std::string(name.size() < 14 ? 14 - name.size() : 1, ' ') + value + "\n";
}

std::string certificates_text(const OverviewNumbers& numbers) {
  std::string text = std::to_string(numbers.certificates);
  if (numbers.certificates > 0) text += ": " + counted(numbers.renewals);
  if (numbers.expired > 0) text += "; " + std::to_string(numbers.expired) + " expired";
  return text;
}

std::string tasks_text(const OverviewNumbers& numbers) {
  std::string text = std::to_string(sum(numbers.waiting)) + ", " + std::to_string(sum(numbers.due)) +
                     " due, " + std::to_string(numbers.leased) + " in work";
  if (numbers.oldest_due) text += "; the oldest since " + to_rfc3339(*numbers.oldest_due);
  if (numbers.next_due) text += "; next at " + to_rfc3339(*numbers.next_due);
  return text;
}

std::string troubled_text(const TroubledCertificate& troubled) {
  std::string text = "  " + troubled.line.label + ": " + troubled.line.state;
  text += troubled.line.not_after ? ", valid until " + to_rfc3339(*troubled.line.not_after)
                                  : std::string(", never issued");
  if (troubled.failures > 1) text += ", " + std::to_string(troubled.failures) + " orders in a row failed";
  text += troubled.line.state == to_string(RenewalState::parked)
              ? ", waits for a person"
              : ", again at " + to_rfc3339(troubled.wake_at);
  text += "\n";
  if (!troubled.trouble) return text;
  text += "    why: " + troubled.trouble->message() + "\n";
  if (!troubled.trouble->hint.empty()) text += "    try: " + troubled.trouble->hint + "\n";
  return text;
}

std::string alarm_text(const Alarm& alarm) {
  std::string text = "  " + alarm.draft.subject + ": " + alarm.draft.text + "\n    " +
                     std::string(to_string(alarm.draft.kind)) + " since " + to_rfc3339(alarm.raised_at) +
                     "\n";
  if (!alarm.draft.hint.empty()) text += "    try: " + alarm.draft.hint + "\n";
  return text;
}

std::string explained_text(const ExplainedRenewal& renewal) {
  return "  " + renewal.label + ": renewed at " + to_rfc3339(renewal.suggested.renew_at) + ", see " +
         renewal.suggested.info.explanation_url + "\n";
}

/// The first few under a title, and how many there are besides.
template <class Things, class Text>
std::string section(const std::string& title, const Things& things, std::int64_t all, const Text& text_of) {
  if (things.empty()) return {};
  std::string text = "\n" + title + "\n";
  const auto shown = std::min<std::size_t>(things.size(), kMostInText);
  for (std::size_t i = 0; i < shown; ++i) text += text_of(things[i]);
  const auto more = all - static_cast<std::int64_t>(shown);
  return more > 0 ? text + "  and " + std::to_string(more) + " more\n" : text;
}

std::string text_of(const Status& status) {
  const auto& numbers = status.numbers;
  std::string text =
      line("daemon", status.daemon.empty() ? "not running: nothing happens by itself" : status.daemon) +
      line("certificates", certificates_text(numbers)) +
      line("next renewal", numbers.next_renewal ? to_rfc3339(*numbers.next_renewal) : "-") +
      line("listeners", counted(numbers.watches)) + line("open orders", counted(numbers.open_orders)) +
      line("tasks", tasks_text(numbers)) + line("alarms", std::to_string(numbers.open_alarms) + " open");
  if (numbers.cleanups > 0)
    text += line("proofs left",
                 "of " + std::to_string(numbers.cleanups) + (numbers.cleanups == 1 ? " order" : " orders") +
                     ", tried again; see 'certmgr show " + numbers.cleanup_label.value_or("LABEL") + "'");
  for (const auto& finding : status.findings) text += line("attention", finding);
  std::int64_t in_trouble = numbers.troubled_orders;
  for (const auto* state : {"failing", "parked"})
    if (const auto found = numbers.renewals.find(state); found != numbers.renewals.end())
      in_trouble += found->second;
  return text + section("certificates in trouble", status.troubled, in_trouble, troubled_text) +
         section("renewals that a CA explains", status.explained,
                 static_cast<std::int64_t>(status.explained.size()), explained_text) +
         section("open alarms", status.alarms, numbers.open_alarms, alarm_text);
}

int show_status(Session& session, bool check) {
  const Status status = status_of(session.app(), session.output.json() ? kMostInJson : kMostInText);
  session.output.result(status_view(status), text_of(status));
  return check && !status.findings.empty() ? kFailed : kDone;
}

}  // namespace

void add_status(CLI::App& parent, Action& chosen) {
  auto check = std::make_shared<bool>(false);
  auto* command = parent.add_subcommand("status", "Show how everything stands");
  command->add_flag("--check", *check, "End with code 1 if somebody must look");
  command->callback(
      [check, &chosen] { chosen = [check](Session& session) { return show_status(session, *check); }; });
}

}  // namespace certmgr::cli
