// SPDX-License-Identifier: MIT
#include <algorithm>

#include "answers/text_table.h"
#include "certmgr/domain/nearest.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/views.h"

namespace certmgr::cli {
namespace {

ordered_json line_view(const OrderLimits::Line& line, Instant now) {
  const auto& level = line.level;
  return {{"kind", to_string(line.bucket.kind)},
          {"subject", line.bucket.subject.empty() ? ordered_json() : ordered_json(line.bucket.subject)},
          {"most", line.bucket.rate.most},
          {"seconds", std::chrono::duration_cast<std::chrono::seconds>(line.bucket.rate.per).count()},
          {"used", level.used},
          {"room_at", level.room_at > now ? ordered_json(to_rfc3339(level.room_at)) : ordered_json()},
          {"full_at", level.used > 0 ? ordered_json(to_rfc3339(level.full_at)) : ordered_json()}};
}

std::string room_text(const OrderLimits::Line& line, Instant now) {
  return line.level.room_at > now ? "at " + to_rfc3339(line.level.room_at) : std::string("now");
}

std::vector<CaEntry> chosen_cas(Application& app, const std::string& named) {
  auto cas = app.known_cas();
  if (named.empty()) return cas;
  std::vector<std::string> names;
  names.reserve(cas.size());
  for (const auto& ca : cas) names.push_back(ca.name);
  std::erase_if(cas, [&](const CaEntry& ca) { return ca.name != named; });
  if (!cas.empty()) return cas;
  const auto near = nearest(named, names);
  throw Failure({.kind = TroubleKind::usage,
                 .code = "unknown_ca",
                 .what = "there is no CA '" + named + "'",
                 .why = "neither the configuration nor a fleet file names it",
                 .hint = near ? "did you mean '" + *near + "'?"
                              : "add [ca." + named + "] with its directory URL to the configuration"});
}

int show_limits(Session& session, const std::string& named) {
  Application& app = session.app();
  const Instant now = app.clock().now();
  auto views = ordered_json::array();
  answers::TextTable table({"CA", "LIMIT", "OF", "USED", "ROOM"});
  bool any = false;
  for (const auto& ca : chosen_cas(app, named)) {
    const auto lines = app.limits().standing(ca.name);
    if (lines.empty() && named.empty()) continue;
    auto limits = ordered_json::array();
    for (const auto& line : lines) {
      limits.push_back(line_view(line, now));
      table.add({ca.name, std::string(to_string(line.bucket.kind)),
                 line.bucket.subject.empty() ? "-" : line.bucket.subject,
                 std::to_string(line.level.used) + " of " + words_of(line.bucket.rate),
                 room_text(line, now)});
      any = true;
    }
    views.push_back(
        {{"ca", ca.name}, {"renewals_exempt", ca.limits.renewals_exempt}, {"limits", std::move(limits)}});
  }
  session.output.result({{"cas", std::move(views)}}, any ? table.text() : "no limits are known\n");
  return kDone;
}

}  // namespace

void add_limits(CLI::App& parent, Action& chosen) {
  auto ca = std::make_shared<std::string>();
  auto* command = parent.add_subcommand(
      "limits", "Show how much of the CAs' rate limits is used, and when there is room");
  command->add_option("CA", *ca, "Name of a CA (default: all that have limits)");
  command->callback([ca, &chosen] { chosen = [ca](Session& session) { return show_limits(session, *ca); }; });
}

}  // namespace certmgr::cli
