// SPDX-License-Identifier: MIT
#include "config/fleet_entries.h"

#include "certmgr/domain/file_owner.h"
#include "config/order_wish_entry.h"

namespace certmgr::config {
namespace {

/// The way of proof as far as the entry says one; nothing: the configuration's.
std::optional<ChallengeSettings> challenge_of(TableReader& reader, std::optional<ChallengeType>& type) {
  if (const auto text = reader.text("challenge")) {
    type = parse_challenge_type(*text);
    if (!type)
      reader.refuse("challenge", "is '" + *text + "', which is no challenge type",
                    "use one of " + known_challenge_types());
  }
  const auto webroot = reader.text("webroot");
  const auto listen = reader.text("http_listen");
  if (webroot && listen)
    reader.refuse("webroot", "cannot stand beside 'http_listen'", "choose one of the two");
  if (webroot && !webroot->starts_with('/'))
    reader.refuse("webroot", "is not an absolute path", "webroot = \"/var/www/html\"");
  if (listen && listen->empty()) reader.refuse("http_listen", "is empty", "http_listen = \"[::]:80\"");
  const auto tls_listen = reader.text("tls_listen");
  const auto dns = reader.text("dns");
  const auto only = [&](const char* key, bool fits) {
    if (!fits)
      reader.refuse(key, "does not belong to this challenge type", "remove it, or choose the other type");
  };
  if (webroot || listen)
    only(webroot ? "webroot" : "http_listen",
         !tls_listen && !dns && type.value_or(ChallengeType::http_01) == ChallengeType::http_01);
  if (tls_listen)
    only("tls_listen", !dns && type.value_or(ChallengeType::tls_alpn_01) == ChallengeType::tls_alpn_01);
  if (dns) only("dns", !type || *type == ChallengeType::dns_01 || *type == ChallengeType::dns_account_01);
  if (webroot) return ChallengeSettings{ChallengeType::http_01, *webroot, ""};
  if (listen) return ChallengeSettings{ChallengeType::http_01, "", *listen};
  if (tls_listen) return ChallengeSettings{ChallengeType::tls_alpn_01, "", *tls_listen};
  if (dns) return ChallengeSettings{type.value_or(ChallengeType::dns_01), "", "", *dns};
  return std::nullopt;
}

/// What of an organization's identity the certificate is to vouch for, and whose.
void read_identity(TableReader& reader, DeclaredCertificate& entry) {
  entry.level = reader.text("level");
  if (entry.level && *entry.level != "dv" && !parse_organization_level(*entry.level))
    reader.refuse("level", "is '" + *entry.level + "', which is no level", "use dv, ov or ev");
  entry.organization = reader.text("organization");
  entry.level_place = place_of(reader.position("level"));
  entry.organization_place = place_of(reader.position("organization"));
}

/// A trouble of the domain, with the place of the key it is about.
template <class T>
T placed(const TableReader& reader, std::string_view key, Result<T> result) {
  if (!result) reader.refuse(key, "cannot be used: " + result.error().why, result.error().hint);
  return std::move(*result);
}

std::map<std::string, std::string> settings_of(TableReader& reader, const Source& source) {
  std::map<std::string, std::string> settings;
  const auto* table = reader.table("settings");
  if (table == nullptr) return settings;
  TableReader inner(*table, "server.settings", source);
  for (const auto& [key, node] : *table) {
    static_cast<void>(node);
    const std::string name(key.str());
    settings[name] = inner.text(name).value_or("");
  }
  return settings;
}

}  // namespace

Source fleet_source(const std::string& path) { return {path, "the fleet file"}; }

FilePlace place_of(const toml::source_position& position) { return {position.line, position.column}; }

DeclaredCertificate read_certificate(const toml::table& table, const Source& source) {
  TableReader reader(table, "certificate", source);
  DeclaredCertificate entry;
  entry.place = place_of(table.source().begin);
  entry.names = reader.texts("names");
  if (entry.names.empty()) reader.refuse("names", "names no host", "names = [\"sip.example.com\"]");
  entry.label = reader.text("label");
  entry.ca = reader.text("ca");
  if (reader.has("fallback_cas")) entry.fallback_cas = reader.texts("fallback_cas");
  entry.key_type = reader.key_type("key_type");
  entry.reuse_key = reader.flag("reuse_key").value_or(false);
  entry.challenge = challenge_of(reader, entry.challenge_type);
  entry.servers = reader.texts("servers");
  read_identity(reader, entry);
  entry.profile = read_profile(reader);
  entry.preferred_chain = reader.text("preferred_chain");
  entry.not_before = read_bound(reader, "not_before");
  entry.not_after = read_bound(reader, "not_after");
  entry.ancestor_domain = reader.text("ancestor_domain");
  reader.finish();
  entry.names_place = place_of(reader.position("names"));
  entry.label_place = place_of(reader.position("label"));
  entry.ca_place = place_of(reader.position("ca"));
  entry.fallback_cas_place = place_of(reader.position("fallback_cas"));
  entry.challenge_place = place_of(reader.position(table.contains("webroot") ? "webroot" : "http_listen"));
  entry.ancestor_domain_place = place_of(reader.position("ancestor_domain"));
  entry.servers_place = place_of(reader.position("servers"));
  return entry;
}

void read_server(const toml::table& table, const Source& source, DeclaredServer& entry) {
  entry.place = place_of(table.source().begin);
  TableReader reader(table, "server", source);
  Server& server = entry.server;
  const auto name = reader.text("name");
  if (!name) reader.refuse("name", "is missing", "name = \"pbx\"");
  server.name = *name;
  const auto type = reader.text("type");
  if (!type) reader.refuse("type", "is missing", "type = \"kamailio\", \"nginx\" or \"generic\"");
  server.type = *type;
  server.files.key = reader.text("key").value_or("");
  server.files.cert = reader.text("cert").value_or("");
  server.files.chain = reader.text("chain").value_or("");
  server.files.fullchain = reader.text("fullchain").value_or("");
  server.files.combined = reader.text("combined").value_or("");
  const auto owner = placed(reader, "owner", parse_file_owner(reader.text("owner").value_or("")));
  server.owner = owner.user.value_or("");
  server.group = owner.group.value_or("");
  if (const auto mode = reader.text("mode")) server.mode = placed(reader, "mode", parse_file_mode(*mode));
  server.hook = reader.text("hook").value_or("");
  server.settings = settings_of(reader, source);
  for (const auto& url : reader.texts("verify"))
    server.verify.push_back(placed(reader, "verify", parse_verify_target(url)));
  if (const auto only = reader.text("only")) {
    server.only = parse_key_family(*only);
    if (!server.only)
      reader.refuse("only", "is '" + *only + "', which is no family of keys", "use rsa or ecdsa");
  }
  server.beside = reader.text("beside").value_or("");
  reader.finish();
}

}  // namespace certmgr::config
