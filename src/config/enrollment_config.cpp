// SPDX-License-Identifier: MIT
#include "config/enrollment_config.h"

#include <algorithm>
#include <array>

#include "config/person_name.h"

namespace certmgr::config {
namespace {

using std::chrono::days;

constexpr std::array kLevels{OrganizationLevel::ov, OrganizationLevel::ev};

/// The keys of one table, for these levels.
void read_keys(TableReader& reader, const std::vector<OrganizationLevel>& levels, EnrollmentEntry& entry) {
  const auto quorum = reader.number("quorum", 0, 9);
  const auto dual = reader.flag("dual_control");
  const auto window = reader.number("window", 1, 398);
  const auto lead = reader.number("lead_days", 0, 90);
  const auto fallback = reader.text("fallback_level");
  if (fallback && *fallback != "dv")
    reader.refuse("fallback_level", "is '" + *fallback + "', to which no certificate falls back",
                  "fallback_level = \"dv\", or leave it away: then nothing is ordered in its place");
  for (const auto level : levels) {
    auto& rules = entry.rules[level];
    if (quorum) rules.quorum = static_cast<int>(*quorum);
    if (dual) rules.dual_control = *dual;
    if (window) rules.window = days(*window);
    if (lead) entry.lead[level] = days(*lead);
    if (fallback) entry.fallback_dv.insert(level);
  }
}

}  // namespace

EnrollmentEntry usual_enrollment() {
  EnrollmentEntry entry;
  for (const auto level : kLevels) entry.rules[level] = enrollment::default_rules(level);
  entry.lead = {{OrganizationLevel::ov, days(7)}, {OrganizationLevel::ev, days(21)}};
  return entry;
}

void read_enrollment(const toml::table& table, const std::string& path, EnrollmentEntry& entry) {
  TableReader reader(table, "enrollment", path);
  read_keys(reader, {kLevels.begin(), kLevels.end()}, entry);
  if (const auto open = reader.number("open_per_person", 1, 100'000))
    entry.open_per_person = static_cast<int>(*open);
  for (const auto level : kLevels) {
    const std::string word(to_string(level));
    const auto* own = reader.table(word);
    if (own == nullptr) continue;
    TableReader inner(*own, "enrollment." + word, path);
    read_keys(inner, {level}, entry);
    inner.finish();
  }
  reader.finish();
}

enrollment::RoleTable read_roles(const toml::table& table, const std::string& path) {
  using enrollment::Role;
  TableReader reader(table, "roles", path);
  enrollment::RoleTable roles;
  for (const auto role : {Role::admin, Role::requester, Role::approver, Role::auditor}) {
    auto holders = reader.texts(enrollment::to_string(role));
    for (const auto& holder : holders)
      if (!is_person_name(holder.starts_with('@') ? std::string_view(holder).substr(1) : holder))
        reader.refuse(enrollment::to_string(role), "names '" + holder + "', which is no user and no group",
                      "write users as \"alice\" and groups as \"@voip\"");
    if (!holders.empty()) roles[role] = std::move(holders);
  }
  reader.finish();
  return roles;
}

}  // namespace certmgr::config
