// SPDX-License-Identifier: MIT
#include "config/ca_config.h"

#include <algorithm>

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

}  // namespace

CaEntry read_ca(const toml::table& table, const std::string& name, const Source& source,
                const std::vector<CaEntry>& known) {
  value_or_throw(parse_label(name, "name of a CA"));
  TableReader reader(table, "ca." + name, source);
  CaEntry entry = blank(name, known);
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
  if (auto type = reader.key_type("key_type")) entry.key_type = *type;
  if (auto seconds = reader.number("timeout", 1, 600)) entry.timeout = std::chrono::seconds(*seconds);
  if (auto count = reader.number("at_once", 1, 64)) entry.at_once = static_cast<int>(*count);
  if (auto count = reader.number("orders_per_minute", 0, 100'000))
    entry.orders_per_minute = static_cast<int>(*count);
  if (auto profile = read_profile(reader)) entry.profile = std::move(*profile);
  if (auto chain = reader.text("preferred_chain")) entry.preferred_chain = *chain;
  entry.limits = known_rate_limits(entry.directory);
  if (const auto* limits = reader.table("limits"))
    entry.limits = read_rate_limits(*limits, name, source, std::move(entry.limits));
  if (const auto draft = reader.text("dns_persist_draft")) {
    const auto parsed = parse_persist_draft(*draft);
    if (!parsed)
      reader.refuse("dns_persist_draft", "is '" + *draft + "', which is no draft that certmgr knows",
                    "dns_persist_draft = \"02\" for hashed accounts, \"01\" for the account's URL");
    entry.persist_draft = *parsed;
  }
  if (auto staging = reader.text("staging")) entry.staging = *staging;
  if (entry.staging == name)
    reader.refuse("staging", "names the CA itself", "name another [ca.NAME] that issues for tests alone");
  for (const auto& level : reader.texts("levels")) {
    if (level != "dv")
      reader.refuse("levels", "names a level other than dv, which this version does not have",
                    "levels = [\"dv\"]");
  }
  reader.finish();
  return entry;
}

}  // namespace certmgr::config
