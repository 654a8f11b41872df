// SPDX-License-Identifier: MIT
#include "certmgr/services/halves.h"

#include <algorithm>

namespace certmgr {
namespace {

struct Waiting {
  std::int64_t due = 0;
  std::optional<Instant> since;
  std::optional<Instant> held_up_by_nothing;  // the same of parties that are never paused or slowed down
};

bool is_never_held_up(const std::string& party) {
  return party == "deploy" || party == "watch" || party == "renewal";
}

void keep_earlier(std::optional<Instant>& known, Instant other) {
  if (!known || other < *known) known = other;
}

Waiting waiting(const OverviewGlance& numbers, DaemonRole half) {
  Waiting found;
  for (const auto& [party, since] : numbers.due_since) {
    if (half_of(party) != half) continue;
    if (const auto due = numbers.due.find(party); due != numbers.due.end()) found.due += due->second;
    keep_earlier(found.since, since);
    if (is_never_held_up(party)) keep_earlier(found.held_up_by_nothing, since);
  }
  return found;
}

bool anybody_at_work(const OverviewGlance& numbers, DaemonRole half) {
  return std::any_of(numbers.in_work.begin(), numbers.in_work.end(), [&](const auto& entry) {
    const bool deploys =
        entry.first == to_string(TaskKind::deployment) || entry.first == to_string(TaskKind::watch);
    return entry.second > 0 && deploys == (half == DaemonRole::deploy);
  });
}

std::optional<std::string> daemon_of(const DaemonPresence& daemons, DaemonRole half) {
  return daemons.serving(half == DaemonRole::deploy ? TaskKind::deployment : TaskKind::order);
}

std::optional<HalfLeftAlone> judge(const OverviewGlance& numbers, const DaemonPresence& daemons, Instant now,
                                   DaemonRole half) {
  const Waiting tasks = waiting(numbers, half);
  if (!tasks.since || *tasks.since + kLeftAloneAfter > now || anybody_at_work(numbers, half))
    return std::nullopt;
  const HalfLeftAlone found{half, tasks.due, *tasks.since, daemon_of(daemons, half)};
  if (found.daemon) {
    const auto& since = tasks.held_up_by_nothing;
    return since && *since + kLeftAloneAfter <= now ? std::optional(found) : std::nullopt;
  }
  const auto other = half == DaemonRole::deploy ? DaemonRole::network : DaemonRole::deploy;
  const bool alone = daemon_of(daemons, other).has_value();
  return alone || found.since + kLeftAloneByCronAfter <= now ? std::optional(found) : std::nullopt;
}

}  // namespace

std::vector<HalfLeftAlone> halves_left_alone(const OverviewGlance& numbers, const DaemonPresence& daemons,
                                             Instant now) {
  std::vector<HalfLeftAlone> found;
  for (const auto half : {DaemonRole::network, DaemonRole::deploy})
    if (auto one = judge(numbers, daemons, now, half)) found.push_back(std::move(*one));
  return found;
}

std::string message(const HalfLeftAlone& half) {
  const bool deploys = half.half == DaemonRole::deploy;
  const std::string work = deploys ? "servers" : "certificates and messages";
  const std::string tasks = std::to_string(half.due) + (half.due == 1 ? " task is" : " tasks are") +
                            " due, the first since " + to_rfc3339(half.since);
  if (half.daemon)
    return "the daemon of " + work + " (" + *half.daemon + ") does not take its tasks: " + tasks +
           "; start it anew";
  return "nobody works on " + work + ": " + tasks + "; start 'certmgr daemon --role " +
         (deploys ? "deploy'" : "network'") + ", or see why it ended";
}

}  // namespace certmgr
