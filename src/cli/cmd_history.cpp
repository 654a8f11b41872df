// SPDX-License-Identifier: MIT
#include <algorithm>
#include <iostream>
#include <thread>

#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/views.h"

namespace certmgr::cli {
namespace {

constexpr int kFollowedAtOnce = 500;
constexpr std::chrono::milliseconds kFollowPause{500};

struct HistoryOptions {
  std::string label;
  int limit = 100;
  std::string since;
  bool follow = false;
};

ordered_json event_view(const Event& event) {
  return {{"seq", event.seq},         {"at", to_rfc3339(event.at)},
          {"kind", event.draft.kind}, {"subject", event.draft.subject},
          {"data", event.draft.data}, {"hash", event.hash}};
}

/// As it is if it is one plain word, else in quotes: an event stays one line.
std::string quoted_if_needed(const std::string& value) {
  const bool plain = !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
    return static_cast<unsigned char>(c) > ' ' && c != '"' && c != '\\' && c != '\x7f';
  });
  return plain ? value : ordered_json(value).dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::string event_text(const Event& event) {
  std::string text = to_rfc3339(event.at) + "  " + event.draft.kind;
  if (event.draft.kind.size() < 22) text.append(22 - event.draft.kind.size(), ' ');
  text += "  " + (event.draft.subject.empty() ? std::string("-") : quoted_if_needed(event.draft.subject));
  for (const auto& [key, value] : event.draft.data) text += "  " + key + "=" + quoted_if_needed(value);
  return text + "\n";
}

std::optional<Instant> parse_since(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto at = parse_rfc3339(text);
  if (!at)
    throw Failure({.kind = TroubleKind::usage,
                   .code = "bad_time",
                   .what = "cannot show the history since '" + text + "'",
                   .why = "it is no RFC 3339 time",
                   .hint = "--since 2026-11-24T08:00:00Z"});
  return at;
}

/// The newest ones, oldest of them first. Nothing after `last`.
std::vector<Event> newest(Application& app, const HistoryOptions& options, std::int64_t last) {
  const auto since = parse_since(options.since);
  auto events = app.events().events(options.label, options.limit);
  std::erase_if(events, [&](const Event& event) { return event.seq > last || (since && event.at < *since); });
  std::reverse(events.begin(), events.end());
  return events;
}

/// A name nobody has heard of is a mistake; one that was removed has its history.
void refuse_unknown(Application& app, const std::string& label) {
  if (label.empty() || !app.events().events(label, 1).empty()) return;
  static_cast<void>(app.certificates().existing(label));
}

/// One line per event, at once: JSON without line breaks, or text.
void print_line(const Output& output, const Event& event) {
  if (output.json())
    std::cout << event_view(event).dump(-1, ' ', false, ordered_json::error_handler_t::replace) << '\n'
              << std::flush;
  else
    output.result({}, event_text(event));
}

/// Until a signal ends the program, or nobody reads any more. Other processes write the log, so the store
/// is asked again and again: one look at the end of an index.
int follow(Application& app, const HistoryOptions& options, std::int64_t last, const Output& output) {
  for (const auto& event : newest(app, options, last)) print_line(output, event);
  while (std::cout.good()) {
    const auto events = app.events().events_after(last, kFollowedAtOnce);
    for (const auto& event : events)
      if (options.label.empty() || event.draft.subject == options.label) print_line(output, event);
    if (!events.empty()) last = events.back().seq;
    if (events.size() < kFollowedAtOnce) std::this_thread::sleep_for(kFollowPause);
  }
  return kDone;
}

int history(Session& session, const HistoryOptions& options) {
  static_cast<void>(parse_since(options.since));
  Application& app = session.app();
  refuse_unknown(app, options.label);
  const auto last = app.events().last_seq();
  if (options.follow) return follow(app, options, last, session.output);
  auto views = ordered_json::array();
  std::string text;
  for (const auto& event : newest(app, options, last)) {
    views.push_back(event_view(event));
    text += event_text(event);
  }
  session.output.result({{"events", std::move(views)}}, text.empty() ? "nothing has happened yet\n" : text);
  return kDone;
}

}  // namespace

void add_history(CLI::App& parent, Action& chosen) {
  auto options = std::make_shared<HistoryOptions>();
  auto* command = parent.add_subcommand("history", "Show what happened, newest last");
  command->add_option("LABEL", options->label, "Only what is about this certificate, server or CA");
  command->add_option("--limit", options->limit, "At most this many, the newest ones (default: 100)")
      ->check(CLI::Range(1, 1'000'000))
      ->type_name("N");
  command->add_option("--since", options->since, "Nothing before this moment (RFC 3339)")->type_name("TIME");
  command->add_flag("--follow", options->follow, "Go on with what happens from now on, until interrupted");
  command->callback(
      [options, &chosen] { chosen = [options](Session& session) { return history(session, *options); }; });
}

}  // namespace certmgr::cli
