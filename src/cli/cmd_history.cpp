// SPDX-License-Identifier: MIT
#include <algorithm>
#include <iostream>
#include <optional>
#include <regex>
#include <thread>

#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/views.h"

namespace certmgr::cli {
namespace {

constexpr int kReadAtOnce = 500;
constexpr std::chrono::milliseconds kFollowPause{500};

struct HistoryOptions {
  std::string label;
  int limit = 100;
  std::string since;
  bool follow = false;
  bool export_all = false;
  bool verify = false;
  std::optional<std::string> noted;
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
    const auto events = app.events().events_after(last, kReadAtOnce);
    for (const auto& event : events)
      if (options.label.empty() || event.draft.subject == options.label) print_line(output, event);
    if (!events.empty()) last = events.back().seq;
    if (events.size() < kReadAtOnce) std::this_thread::sleep_for(kFollowPause);
  }
  return kDone;
}

/// Every event as a line of JSON, oldest first, for those who keep or check an audit trail elsewhere.
int export_all(Application& app, const HistoryOptions& options) {
  const auto since = parse_since(options.since);
  const auto last = app.events().last_seq();
  for (std::int64_t seq = 0; seq < last && std::cout.good();) {
    const auto events = app.events().events_after(seq, kReadAtOnce);
    if (events.empty()) break;  // the log was cut off: --verify says so
    for (const auto& event : events) {
      seq = event.seq;
      if (seq > last || (since && event.at < *since)) continue;
      if (!options.label.empty() && event.draft.subject != options.label) continue;
      std::cout << event_view(event).dump(-1, ' ', false, ordered_json::error_handler_t::replace) << '\n';
    }
  }
  return std::cout.flush().good() ? kDone : kFailed;
}

/// What is wrong with the log when somebody noted "SEQ:HASH" of it before.
std::optional<std::string> denied(Application& app, const std::string& noted) {
  static const std::regex kHead("([1-9][0-9]{0,17}):[0-9a-f]{64}");
  std::smatch parts;
  if (!std::regex_match(noted, parts, kHead))
    throw Failure({.kind = TroubleKind::usage,
                   .code = "bad_noted",
                   .what = "cannot compare the event log with '" + noted + "'",
                   .why = "it is not NUMBER:HASH, 64 hexadecimal digits in lower case",
                   .hint = "give what 'certmgr history --verify' printed as the head"});
  const std::string seq = parts[1];
  const auto events = app.events().events_after(std::stoll(seq) - 1, 1);
  if (!events.empty() && std::to_string(events.front().seq) + ":" + events.front().hash == noted)
    return std::nullopt;
  return "event log: line " + seq + " is not the one that was noted";
}

int verify(Session& session, const HistoryOptions& options) {
  // A store that is gone must not be made anew and called whole.
  Application& app = session.app_to_look();
  auto report = app.events().verify();
  if (!report.finding && options.noted) report.finding = denied(app, *options.noted);
  const std::string head = report.events == 0 ? "" : std::to_string(report.events) + ":" + report.head;
  ordered_json view{{"ok", !report.finding}, {"events", report.events}, {"head", head}, {"finding", nullptr}};
  std::string text = std::string(head.empty() ? "the event log is empty: " : "the event log is whole: ") +
                     std::to_string(report.events) + " events" + (head.empty() ? "" : ", head " + head);
  if (report.finding) {
    view["finding"] = *report.finding;
    text = "the event log was changed or is damaged: " + *report.finding +
           "\nkeep a copy of the store, and find out who could write to it";
  }
  session.output.result(view, text + "\n");
  return report.finding ? kFailed : kDone;
}

int history(Session& session, const HistoryOptions& options) {
  static_cast<void>(parse_since(options.since));
  if (options.verify) return verify(session, options);
  Application& app = options.export_all ? session.app_to_look() : session.app();
  refuse_unknown(app, options.label);
  if (options.export_all) return export_all(app, options);
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
  auto* limit =
      command->add_option("--limit", options->limit, "At most this many, the newest ones (default: 100)")
          ->check(CLI::Range(1, 1'000'000))
          ->type_name("N");
  command->add_option("--since", options->since, "Nothing before this moment (RFC 3339)")->type_name("TIME");
  auto* follow = command->add_flag("--follow", options->follow,
                                   "Go on with what happens from now on, until interrupted");
  command->add_flag("--export", options->export_all, "All of it as JSON lines, oldest first")
      ->excludes(follow)
      ->excludes(limit);
  auto* verify =
      command->add_flag("--verify", options->verify, "Prove that no event was changed or taken away");
  for (auto* other : command->get_options())
    if (other != verify && other != command->get_help_ptr()) verify->excludes(other);
  command
      ->add_option("--noted", options->noted, "The head that an earlier --verify printed must still be there")
      ->needs(verify)
      ->type_name("HEAD");
  command->callback(
      [options, &chosen] { chosen = [options](Session& session) { return history(session, *options); }; });
}

}  // namespace certmgr::cli
