// SPDX-License-Identifier: MIT
#include "adapters/store/ca_rows.h"

#include "adapters/store/sql.h"

namespace certmgr::store {
namespace {

constexpr int kVersion = 1;

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
  if (ca.key_type) value["key_type"] = to_string(*ca.key_type);
  return dump(value);
}

void decode_ca(const std::string& payload, CaEntry& ca) {
  const json value = parse_payload(payload, kVersion);
  ca.directory = value.at("directory");
  ca.ca_bundle = value.at("ca_bundle");
  ca.eab_kid = value.at("eab_kid");
  ca.eab_hmac_file = value.at("eab_hmac_file");
  ca.timeout = std::chrono::seconds(value.at("timeout").get<std::int64_t>());
  ca.at_once = value.at("at_once");
  ca.orders_per_minute = value.at("orders_per_minute");
  ca.staging = value.value("staging", std::string());
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
