// SPDX-License-Identifier: MIT
#include <algorithm>

#include "answers/text_table.h"
#include "certmgr/domain/nearest.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/views.h"

namespace certmgr::cli {
namespace {

using Names = std::vector<std::string>;

Trouble usage(const std::string& why, const std::string& hint) {
  return {.kind = TroubleKind::usage,
          .code = "unknown_channel",
          .what = "cannot test the notification channels",
          .why = why,
          .hint = hint};
}

/// The named ones, or all. Throws Failure if there is none to test.
Names chosen_channels(const Names& known, const Names& named) {
  if (known.empty())
    throw Failure(usage("none is configured",
                        "add one to the configuration: [notify.NAME] type = \"smtp\", \"webhook\" or "
                        "\"command\" (docs/notifications.md)"));
  for (const auto& name : named) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const auto near = nearest(name, known);
    throw Failure(usage("there is no channel '" + name + "'",
                        near ? "did you mean '" + *near + "'?" : "see 'certmgr notify list'"));
  }
  Names chosen = named.empty() ? known : named;
  std::sort(chosen.begin(), chosen.end());
  chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
  return chosen;
}

std::string trouble_text(const Trouble& trouble) {
  std::string text = "  why: " + trouble.why + "\n";
  if (!trouble.hint.empty()) text += "  try: " + trouble.hint + "\n";
  if (trouble.detail.empty()) return text;
  text += "  detail:\n    | ";
  for (const char c : trouble.detail.substr(0, trouble.detail.find_last_not_of('\n') + 1)) {
    text += c;
    if (c == '\n') text += "    | ";
  }
  return text + "\n";
}

int test(Session& session, const Names& named) {
  Application& app = session.app();
  Notice notice;
  notice.message = Notice::Message::test;
  notice.alarm.draft.text = "A test, sent by 'certmgr notify test'. Nothing is wrong.";
  notice.host = app.host_name();
  bool all_sent = true;
  std::string text;
  auto views = ordered_json::array();
  for (const auto& channel : chosen_channels(app.notifier().channels(), named)) {
    const auto sent = app.notifier().send(channel, notice);
    text += channel + ": " + (sent ? "sent\n" : "not sent\n" + trouble_text(sent.error()));
    views.push_back({{"channel", channel},
                     {"sent", sent.has_value()},
                     {"trouble", sent ? ordered_json() : trouble_view(sent.error())}});
    all_sent = all_sent && sent.has_value();
  }
  session.output.result({{"test", std::move(views)}}, text);
  return all_sent ? kDone : kFailed;
}

int list(Session& session) {
  const Notifier& notifier = session.app().notifier();
  answers::TextTable table({"CHANNEL", "TELLS OF"});
  auto views = ordered_json::array();
  for (const auto& channel : notifier.channels()) {
    auto kinds = ordered_json::array();
    std::string words;
    for (const AlarmKind kind : alarm_kinds()) {
      if (!notifier.wants(channel, kind)) continue;
      kinds.push_back(to_string(kind));
      words += (words.empty() ? "" : ", ") + std::string(to_string(kind));
    }
    table.add({channel, kinds.size() == alarm_kinds().size() ? "everything" : words});
    views.push_back({{"name", channel}, {"on", std::move(kinds)}});
  }
  const std::string text =
      views.empty() ? "no channels; nobody is told when something goes wrong (docs/notifications.md)\n"
                    : table.text();
  session.output.result({{"channels", std::move(views)}}, text);
  return kDone;
}

}  // namespace

void add_notify(CLI::App& parent, Action& chosen) {
  auto* group = parent.add_subcommand("notify", "Whom alarms are told to");
  group->require_subcommand(1);
  group->add_subcommand("list", "List the configured channels")->callback([&chosen] { chosen = list; });
  auto named = std::make_shared<Names>();
  auto* command = group->add_subcommand("test", "Send a test message and say whether it got through");
  command->add_option("CHANNEL", *named, "Channels to test (default: all)");
  command->callback(
      [named, &chosen] { chosen = [named](Session& session) { return test(session, *named); }; });
}

}  // namespace certmgr::cli
