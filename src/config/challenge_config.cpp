// SPDX-License-Identifier: MIT
#include "config/challenge_config.h"

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
  } else if (type != ChallengeType::dns_persist_01) {
    way.provider = reader.text("provider").value_or("");
    if (way.provider.empty()) reader.refuse("provider", "is missing", "provider = \"NAME\" of a [dns.NAME]");
  }
  return way;
}

}  // namespace

std::vector<ChallengeSettings> read_challenges(const toml::table& table, const Source& source) {
  std::vector<ChallengeSettings> ways;
  TableReader reader(table, "challenge", source);
  for (const auto type : {ChallengeType::http_01, ChallengeType::tls_alpn_01, ChallengeType::dns_01,
                          ChallengeType::dns_account_01, ChallengeType::dns_persist_01}) {
    const std::string name(to_string(type));
    const auto* way = reader.table(name);
    if (way == nullptr) continue;
    TableReader inner(*way, "challenge." + name, source);
    ways.push_back(read_way(type, inner));
    inner.finish();
  }
  reader.finish();
  return ways;
}

}  // namespace certmgr::config
