// SPDX-License-Identifier: MIT
#include "config/ca_config.h"

#include <algorithm>

#include "certmgr/domain/identifier.h"

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
  if (auto staging = reader.text("staging")) entry.staging = *staging;
  if (entry.staging == name)
    reader.refuse("staging", "names the CA itself", "name another [ca.NAME] that issues for tests alone");
  for (const auto* later : {"profile", "preferred_chain"}) {
    if (auto value = reader.text(later); value && !value->empty())
      reader.refuse(later, "is not supported by this version", "remove it");
  }
  for (const auto& level : reader.texts("levels")) {
    if (level != "dv")
      reader.refuse("levels", "names a level other than dv, which this version does not have",
                    "levels = [\"dv\"]");
  }
  reader.finish();
  return entry;
}

}  // namespace certmgr::config
