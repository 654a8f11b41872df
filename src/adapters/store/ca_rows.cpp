// SPDX-License-Identifier: MIT
#include "adapters/store/ca_rows.h"

#include "adapters/store/sql.h"

namespace certmgr::store {
namespace {

constexpr int kVersion = 1;

json limits_json(const RateLimits& limits) {
  json rates = json::object();
  for (const auto& [kind, rate] : limits.rates) rates[std::string(to_string(kind))] = to_string(rate);
  return {{"rates", std::move(rates)}, {"renewals_exempt", limits.renewals_exempt}};
}

RateLimits limits_from(const json& value) {
  RateLimits limits;
  for (const auto& [word, text] : value.at("rates").items()) {
    const auto kind = parse_limit_kind(word);
    const auto rate = parse_rate(text.get<std::string>());
    if (!kind || !rate) throw BadPayload("unknown rate limit " + word);
    limits.rates[*kind] = *rate;
  }
  limits.renewals_exempt = value.at("renewals_exempt");
  return limits;
}

json levels_json(const std::vector<CertificateLevel>& levels) {
  json words = json::array();
  for (const auto level : levels) words.push_back(to_string(level));
  return words;
}

std::vector<CertificateLevel> levels_from(const json& words) {
  std::vector<CertificateLevel> levels;
  for (const auto& word : words) {
    const auto level = parse_certificate_level(word.get<std::string>());
    if (!level) throw BadPayload("unknown level \"" + word.get<std::string>() + "\"");
    levels.push_back(*level);
  }
  return levels;
}

/// What older programs do not know is written where it differs from what they take for granted.
void encode_levels(const CaEntry& ca, json& value) {
  const CaEntry usual;
  if (ca.levels != usual.levels) value["levels"] = levels_json(ca.levels);
  if (ca.public_rules != usual.public_rules) value["public_rules"] = ca.public_rules;
  if (ca.placeholder_first != usual.placeholder_first) value["placeholder_first"] = ca.placeholder_first;
  if (ca.eab_once != usual.eab_once) value["eab_once"] = ca.eab_once;
}

void decode_levels(const json& value, CaEntry& ca) {
  if (value.contains("levels")) ca.levels = levels_from(value.at("levels"));
  ca.public_rules = value.value("public_rules", ca.public_rules);
  ca.placeholder_first = value.value("placeholder_first", ca.placeholder_first);
  ca.eab_once = value.value("eab_once", ca.eab_once);
}

std::string encode_ca(const CaEntry& ca) {
  json value{{"v", kVersion},
             {"directory", ca.directory},
             {"ca_bundle", ca.ca_bundle},
             {"eab_kid", ca.eab_kid},
             {"eab_hmac_file", ca.eab_hmac_file},
             {"key_type", nullptr},
             {"timeout", ca.timeout.count()},
             {"at_once", ca.at_once},
             {"orders_per_minute", ca.orders_per_minute},
             {"staging", ca.staging}};
  if (!ca.account.empty()) value["account"] = ca.account;  // older programs know none
  if (ca.persist_draft != PersistDraft::draft_01) value["dns_persist_draft"] = to_string(ca.persist_draft);
  if (ca.key_type) value["key_type"] = to_string(*ca.key_type);
  if (!ca.profile.name.empty()) value["profile"] = profile_json(ca.profile);
  if (!ca.preferred_chain.empty()) value["preferred_chain"] = ca.preferred_chain;
  if (ca.limits != RateLimits{}) value["limits"] = limits_json(ca.limits);
  encode_levels(ca, value);
  return dump(value);
}

void decode_ca(const std::string& payload, CaEntry& ca) {
  const json value = parse_payload(payload, kVersion);
  ca.directory = value.at("directory");
  ca.account = value.value("account", "");
  ca.ca_bundle = value.at("ca_bundle");
  ca.eab_kid = value.at("eab_kid");
  ca.eab_hmac_file = value.at("eab_hmac_file");
  ca.timeout = std::chrono::seconds(value.at("timeout").get<std::int64_t>());
  ca.at_once = value.at("at_once");
  ca.orders_per_minute = value.at("orders_per_minute");
  ca.profile = profile_from(value);
  ca.preferred_chain = value.value("preferred_chain", std::string());
  if (value.contains("limits")) ca.limits = limits_from(value.at("limits"));
  ca.staging = value.value("staging", std::string());
  if (value.contains("dns_persist_draft")) {
    const auto draft = parse_persist_draft(value.at("dns_persist_draft").get<std::string>());
    if (!draft) throw BadPayload("unknown draft of dns-persist-01");
    ca.persist_draft = *draft;
  }
  decode_levels(value, ca);
  if (value.at("key_type").is_null()) return;
  const auto word = value.at("key_type").get<std::string>();
  ca.key_type = parse_key_type(word);
  if (!ca.key_type) throw BadPayload("unknown key type \"" + word + "\"");
}

CaEntry read_ca(SQLite::Statement& row) {
  CaEntry ca;
  ca.name = row.getColumn(0).getString();
  decode_row("CA " + ca.name, [&] { decode_ca(row.getColumn(1).getString(), ca); });
  return ca;
}

}  // namespace

std::vector<CaEntry> all_cas(SQLite::Database& connection) {
  return all(query(connection, "SELECT name, payload FROM cas ORDER BY name"), read_ca);
}

void put_ca(SQLite::Database& connection, const CaEntry& ca, Instant at) {
  execute(connection,
          "INSERT INTO cas (name, payload, created_at) VALUES (?, ?, ?)"
          " ON CONFLICT (name) DO UPDATE SET payload = excluded.payload",
          ca.name, encode_ca(ca), at);
}

void delete_ca(SQLite::Database& connection, const std::string& name) {
  execute(connection, "DELETE FROM cas WHERE name = ?", name);
}

}  // namespace certmgr::store
