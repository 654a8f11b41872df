// SPDX-License-Identifier: MIT
#include "config/challenge_config.h"

#include "config/dns_config.h"

namespace certmgr::config {
namespace {

ChallengeSettings read_http(TableReader& reader) {
  ChallengeSettings way = usual_way(ChallengeType::http_01);
  const auto listen = reader.text("listen");
  const auto webroot = reader.text("webroot");
  if (listen && webroot) reader.refuse("webroot", "cannot stand beside 'listen'", "choose one of the two");
  if (webroot && !webroot->starts_with('/'))
    reader.refuse("webroot", "is not an absolute path", "webroot = \"/var/www/html\"");
  if (listen) way.listen = *listen;
  if (webroot) {
    way.webroot = *webroot;
    way.listen.clear();
  }
  return way;
}

ChallengeSettings read_way(ChallengeType type, TableReader& reader) {
  if (type == ChallengeType::http_01) return read_http(reader);
  ChallengeSettings way = usual_way(type);
  if (type == ChallengeType::tls_alpn_01) {
    if (auto listen = reader.text("listen")) way.listen = *listen;
  }
  return way;
}

ChallengeSettings over_dns(ChallengeType type, const std::string& provider) {
  ChallengeSettings way = usual_way(type);
  way.provider = provider;
  return way;
}

std::string known_provider(TableReader& reader, const std::vector<DnsProviderSettings>& providers) {
  std::string name = reader.text("provider").value_or("");
  for (const auto& provider : providers)
    if (provider.name == name) return name;
  if (name.empty()) reader.refuse("provider", "is missing", "provider = \"NAME\" of a [dns.NAME]");
  reader.refuse("provider", "is '" + name + "', and there is no such [dns.NAME]", "add [dns." + name + "]");
}

}  // namespace

ChallengeTables read_challenges(const toml::table& table, const std::vector<DnsProviderSettings>& providers,
                                const Source& source) {
  ChallengeTables tables;
  TableReader reader(table, "challenge", source);
  for (const auto type : {ChallengeType::http_01, ChallengeType::tls_alpn_01, ChallengeType::dns_01,
                          ChallengeType::dns_account_01, ChallengeType::dns_persist_01}) {
    const std::string name(to_string(type));
    const auto* way = reader.table(name);
    if (way == nullptr) continue;
    if (type == ChallengeType::dns_01) {
      tables.dns01 = read_dns01(*way, providers, source);
      if (!tables.dns01.provider.empty()) tables.ways.push_back(over_dns(type, tables.dns01.provider));
      continue;
    }
    TableReader inner(*way, "challenge." + name, source);
    if (type == ChallengeType::dns_account_01)
      tables.ways.push_back(over_dns(type, known_provider(inner, providers)));
    else
      tables.ways.push_back(read_way(type, inner));
    inner.finish();
  }
  reader.finish();
  return tables;
}

}  // namespace certmgr::config
