// SPDX-License-Identifier: MIT
#include "cli/fleet_views.h"

namespace certmgr::cli {
namespace {

using nlohmann::ordered_json;

char sign_of(FleetAction action) {
  switch (action) {
    case FleetAction::create:
      return '+';
    case FleetAction::change:
      return '~';
    case FleetAction::remove:
      return '-';
    case FleetAction::unchanged:
      return '=';
  }
  return '?';
}

std::string line_of(const FleetChange& change) {
  std::string line{sign_of(change.action)};
  line += ' ';
  line += to_string(change.part);
  line += ' ' + change.name;
  if (change.differences.size() == 1) {
    line += ": " + change.differences.front() + '\n';
  } else {
    line += change.differences.empty() ? "\n" : ":\n";
    for (const auto& difference : change.differences) line += "    " + difference + '\n';
  }
  for (const auto& effect : change.effects) line += "    ! " + effect + '\n';
  return line;
}

std::string number_of(std::size_t count, const std::string& noun) {
  return std::to_string(count) + ' ' + noun + (count == 1 ? "" : "s");
}

/// What is in the store and not in the file.
std::string left_text(const FleetPlan& plan) {
  const auto left = plan.certificates_left + plan.servers_left + plan.organizations_left + plan.cas_left;
  if (left == 0) return "";
  std::string text =
      number_of(plan.certificates_left, "certificate") + " and " + number_of(plan.servers_left, "server");
  if (plan.organizations_left > 0) text += " and " + number_of(plan.organizations_left, "organization");
  if (plan.cas_left > 0) text += " and " + number_of(plan.cas_left, "CA");
  return text + (left == 1 ? " is" : " are") + " not in the file and left alone (--prune removes them)\n";
}

}  // namespace

ordered_json plan_view(const FleetPlan& plan) {
  auto changes = ordered_json::array();
  for (const auto& change : plan.changes)
    changes.push_back({{"what", to_string(change.part)},
                       {"name", change.name},
                       {"action", to_string(change.action)},
                       {"differences", change.differences},
                       {"effects", change.effects}});
  return {{"plan", std::move(changes)},
          {"summary",
           {{"create", plan.counts.create},
            {"change", plan.counts.change},
            {"remove", plan.counts.remove},
            {"unchanged", plan.counts.unchanged},
            {"left",
             {{"certificates", plan.certificates_left},
              {"servers", plan.servers_left},
              {"organizations", plan.organizations_left},
              {"cas", plan.cas_left}}}}}};
}

std::string plan_text(const FleetPlan& plan, bool with_unchanged) {
  std::string text;
  for (const auto& change : plan.changes)
    if (with_unchanged || change.action != FleetAction::unchanged) text += line_of(change);
  return text + left_text(plan) + summary_text(plan) + '\n';
}

std::string summary_text(const FleetPlan& plan) {
  const auto& counts = plan.counts;
  return std::to_string(counts.create) + " to create, " + std::to_string(counts.change) + " to change, " +
         std::to_string(counts.remove) + " to remove, " + std::to_string(counts.unchanged) + " unchanged";
}

}  // namespace certmgr::cli
