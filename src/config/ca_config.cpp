// SPDX-License-Identifier: MIT
#include "config/ca_config.h"

#include <algorithm>
#include <set>

#include "certmgr/domain/ca_level.h"
#include "certmgr/domain/identifier.h"
#include "config/order_wish_entry.h"
#include "config/rate_limit_config.h"

namespace certmgr::config {
namespace {

/// The entry to start from.
CaEntry blank(const std::string& name, const std::vector<CaEntry>& known) {
  const auto found =
      std::find_if(known.begin(), known.end(), [&](const CaEntry& e) { return e.name == name; });
  CaEntry entry;
  if (found != known.end()) entry = *found;
  entry.name = name;
  entry.built_in = false;
  return entry;
}

/// Where it is, and as whom we are known there.
void read_place(TableReader& reader, CaEntry& entry) {
  if (auto directory = reader.text("directory")) entry.directory = *directory;
  if (!entry.directory.starts_with("https://"))
    reader.refuse("directory", "is not an https URL", "directory = \"https://.../directory\"");
  if (auto account = reader.text("account")) entry.account = *account;
  if (!entry.account.empty() && !parse_label(entry.account, "name of an account"))
    reader.refuse("account", "is no name", "use letters, digits, '-', '_' and '.'");
  if (auto bundle = reader.text("ca_bundle")) entry.ca_bundle = *bundle;
  if (auto kid = reader.text("eab_kid")) entry.eab_kid = *kid;
  if (auto file = reader.text("eab_hmac_file")) entry.eab_hmac_file = *file;
  if (entry.eab_kid.empty() != entry.eab_hmac_file.empty())
    reader.refuse(entry.eab_kid.empty() ? "eab_hmac_file" : "eab_kid", "stands alone",
                  "an external account needs both eab_kid and eab_hmac_file");
  if (auto once = reader.flag("eab_once")) entry.eab_once = *once;
}

/// How it is spoken to.
void read_manners(TableReader& reader, CaEntry& entry) {
  if (auto seconds = reader.number("timeout", 1, 600)) entry.timeout = std::chrono::seconds(*seconds);
  if (auto count = reader.number("at_once", 1, 64)) entry.at_once = static_cast<int>(*count);
  if (auto count = reader.number("orders_per_minute", 0, 100'000))
    entry.orders_per_minute = static_cast<int>(*count);
  if (const auto draft = reader.text("dns_persist_draft")) {
    const auto parsed = parse_persist_draft(*draft);
    if (!parsed)
      reader.refuse("dns_persist_draft", "is '" + *draft + "', which is no draft that certmgr knows",
                    "dns_persist_draft = \"02\" for hashed accounts, \"01\" for the account's URL");
    entry.persist_draft = *parsed;
  }
  if (auto staging = reader.text("staging")) entry.staging = *staging;
  if (entry.staging == entry.name)
    reader.refuse("staging", "names the CA itself", "name another [ca.NAME] that issues for tests alone");
}

/// What is ordered there, and what comes back.
void read_goods(TableReader& reader, CaEntry& entry) {
  if (auto type = reader.key_type("key_type")) entry.key_type = *type;
  if (auto profile = read_profile(reader)) entry.profile = std::move(*profile);
  if (auto chain = reader.text("preferred_chain")) entry.preferred_chain = *chain;
  if (const auto policy = reader.text("expect_policy")) {
    if (*policy != "public" && *policy != "none")
      reader.refuse("expect_policy", "is '" + *policy + "', which is neither public nor none",
                    "\"none\" for a CA that does not keep the rules of the CA/Browser Forum");
    entry.public_rules = *policy == "public";
  }
  if (auto placeholder = reader.flag("placeholder_first")) entry.placeholder_first = *placeholder;
}

void read_levels(TableReader& reader, CaEntry& entry) {
  if (!reader.has("levels")) return;
  std::set<CertificateLevel> levels;
  for (const auto& word : reader.texts("levels")) {
    const auto level = parse_certificate_level(word);
    if (!level || *level == CertificateLevel::iv)
      reader.refuse("levels", "names '" + word + "', which is no level that can be ordered",
                    "use dv, ov and ev");
    levels.insert(*level);
  }
  if (levels.empty()) reader.refuse("levels", "names no level", "levels = [\"dv\"]");
  entry.levels.assign(levels.begin(), levels.end());
}

void read_limits(TableReader& reader, const Source& source, const std::string& table, CaEntry& entry) {
  if (const auto* limits = reader.table("limits"))
    entry.limits = read_rate_limits(*limits, table, source, std::move(entry.limits));
}

/// [ca.NAME.ov]: as [ca.NAME], but for what it says itself.
CaEntry read_level(const toml::table& table, const CaEntry& above, CertificateLevel level,
                   const Source& source) {
  const std::string name = above.name + "." + std::string(to_string(level));
  TableReader reader(table, "ca." + name, source);
  CaEntry entry = above;
  entry.name = name_at_level(above.name, level);
  entry.levels = {level};
  read_place(reader, entry);
  // Two external accounts at one directory are two accounts.
  if (entry.directory == above.directory && entry.eab_kid != above.eab_kid && !reader.has("account"))
    entry.account = entry.name;
  read_manners(reader, entry);
  read_goods(reader, entry);
  read_limits(reader, source, name, entry);
  reader.finish();
  return entry;
}

void read_level_tables(TableReader& reader, const toml::table& cas, const Source& source,
                       std::vector<CaEntry>& entries) {
  const CaEntry above = entries.front();
  for (const auto level : {CertificateLevel::ov, CertificateLevel::ev}) {
    const std::string word(to_string(level));
    const auto* table = reader.table(word);
    if (table == nullptr) continue;
    if (offers(above, level))
      reader.refuse(word, "stands beside levels, which names it too", "leave it out of levels");
    if (cas.contains(name_at_level(above.name, level)))
      reader.refuse(word, "is what [ca." + name_at_level(above.name, level) + "] is already",
                    "keep one of the two");
    entries.push_back(read_level(*table, above, level, source));
  }
}

}  // namespace

std::vector<CaEntry> read_ca(const toml::table& cas, const std::string& name, const Source& source,
                             const std::vector<CaEntry>& known) {
  if (!cas.get(name)->is_table())
    TableReader(cas, "", source)
        .refuse("ca", "holds '" + name + "', which is no table", "write [ca." + name + "]");
  value_or_throw(parse_label(name, "name of a CA"));
  TableReader reader(*cas.get(name)->as_table(), "ca." + name, source);
  CaEntry entry = blank(name, known);
  read_place(reader, entry);
  read_manners(reader, entry);
  read_goods(reader, entry);
  entry.limits = known_rate_limits(entry.directory);
  read_limits(reader, source, name, entry);
  read_levels(reader, entry);
  std::vector<CaEntry> entries{std::move(entry)};
  read_level_tables(reader, cas, source, entries);
  reader.finish();
  return entries;
}

}  // namespace certmgr::config
