// SPDX-License-Identifier: MIT
#include "config/fleet_file.h"

#include <cstring>

#include "config/ca_config.h"
#include "config/config.h"
#include "config/fleet_entries.h"
#include "config/organization_entry.h"
#include "config/text_file.h"

namespace certmgr::config {
namespace {

/// Runs `work`; what it refuses becomes one more fault. False if it was refused.
template <class Work>
bool noted(FleetDeclaration& fleet, const Work& work) {
  try {
    work();
    return true;
  } catch (const Failure& failure) {
    fleet.faults.push_back(failure.trouble());
    return false;
  }
}

void read_cas(TableReader& reader, const Source& source, FleetDeclaration& fleet) {
  const auto* cas = reader.table("ca");
  if (cas == nullptr) return;
  const auto known = builtin_cas();
  for (const auto& [key, node] : *cas) {
    static_cast<void>(node);
    const std::string name(key.str());
    std::vector<CaEntry> entries(1);
    entries.front().name = name;
    const bool sound = noted(fleet, [&] { entries = read_ca(*cas, name, source, known); });
    for (auto& entry : entries) fleet.cas.push_back({place_of(key.source().begin), std::move(entry), sound});
  }
}

/// Each table of [[key]], in the order of the file.
template <class Read>
void each_entry(TableReader& reader, const std::string& key, FleetDeclaration& fleet, const toml::table& root,
                const Read& read) {
  if (!reader.has(key)) return;
  const auto* entries = root.get(key)->as_array();
  const std::string hint = "write [[" + key + "]] on a line of its own before each one";
  if (entries == nullptr) reader.refuse(key, "is not a list of tables", hint);
  fleet.certificates.reserve(entries->size());
  for (const auto& entry : *entries) {
    if (!entry.is_table()) reader.refuse(key, "holds something that is no table", hint);
    read(*entry.as_table());
  }
}

void read_all(const toml::table& root, const Source& source, FleetDeclaration& fleet) {
  TableReader reader(root, "", source);
  noted(fleet, [&] { read_cas(reader, source, fleet); });
  noted(fleet, [&] {
    each_entry(reader, "server", fleet, root, [&](const toml::table& table) {
      DeclaredServer entry;
      entry.sound = noted(fleet, [&] { read_server(table, source, entry); });
      fleet.servers.push_back(std::move(entry));
    });
  });
  noted(fleet, [&] {
    each_entry(reader, "certificate", fleet, root, [&](const toml::table& table) {
      noted(fleet, [&] { fleet.certificates.push_back(read_certificate(table, source)); });
    });
  });
  noted(fleet, [&] {
    each_entry(reader, "organization", fleet, root, [&](const toml::table& table) {
      DeclaredOrganization entry;
      entry.sound = noted(fleet, [&] { read_organization(table, source, entry); });
      fleet.organizations.push_back(std::move(entry));
    });
  });
  noted(fleet, [&] { reader.finish(); });
}

}  // namespace

FleetDeclaration parse_fleet(const std::string& text, const std::string& path) {
  FleetDeclaration fleet;
  fleet.path = path;
  try {
    read_all(toml::parse(text, path), fleet_source(path), fleet);
  } catch (const toml::parse_error& error) {
    fleet.faults.push_back(
        {.kind = TroubleKind::configuration,
         .code = "bad_configuration",
         .what = "cannot read the fleet file at " + place_in(path, place_of(error.source().begin)),
         .why = std::string(error.description()),
         .hint = "the file is TOML: texts stand in double quotes, entries begin with [[certificate]], "
                 "[[server]] or [[organization]]"});
  }
  return fleet;
}

Result<FleetDeclaration> load_fleet(const std::string& path) {
  const auto text = read_text(path);
  if (text) return parse_fleet(*text, path);
  return fail({.kind = TroubleKind::usage,
               .code = "no_fleet_file",
               .what = "cannot read the fleet file " + path,
               .why = std::strerror(text.error()),
               .hint = "give the path of a file that you may read"});
}

}  // namespace certmgr::config
