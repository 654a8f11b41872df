// SPDX-License-Identifier: MIT
#include "adapters/store/authorization_store.h"

#include "adapters/store/event_chain.h"
#include "adapters/store/sql.h"

namespace certmgr::store {
namespace {

constexpr int kVersion = 1;

std::string encode(const Preauthorization& authorization) {
  json value{
      {"v", kVersion}, {"spec", to_json(authorization.spec)}, {"subdomains", authorization.subdomains}};
  if (authorization.expires) value["expires"] = to_json(*authorization.expires);
  if (authorization.published) value["published"] = to_json(*authorization.published);
  if (!authorization.leftovers.empty()) value["leftovers"] = to_json(authorization.leftovers);
  return dump(value);
}

void decode(const std::string& payload, Preauthorization& authorization) {
  const json value = parse_payload(payload, kVersion);
  from_json(value.at("spec"), authorization.spec);
  if (authorization.spec.identifiers.size() != 1) throw BadPayload("it is not for one name");
  authorization.subdomains = value.at("subdomains");
  if (value.contains("expires")) from_json(value.at("expires"), authorization.expires.emplace());
  if (value.contains("published")) from_json(value.at("published"), authorization.published.emplace());
  if (value.contains("leftovers")) from_json(value.at("leftovers"), authorization.leftovers);
}

Preauthorization read(SQLite::Statement& row) {
  Preauthorization authorization;
  authorization.url = row.getColumn(0).getString();
  authorization.created_at = instant(row.getColumn(2).getInt64());
  decode_row("authorization " + authorization.url, [&] {
    const std::string word = row.getColumn(1).getString();
    const auto state = parse_authorization_state(word);
    if (!state) throw BadPayload("unknown state \"" + word + "\"");
    authorization.state = *state;
    decode(row.getColumn(3).getString(), authorization);
  });
  return authorization;
}

}  // namespace

std::optional<Preauthorization> SqliteAuthorizationStore::newest(const std::string& ca,
                                                                 const Identifier& identifier) {
  return database_.read("read the authorization of " + identifier.value, [&](SQLite::Database& connection) {
    return first(query(connection,
                       "SELECT url, state, created_at, payload FROM authorizations"
                       " WHERE ca = ? AND identifier = ? ORDER BY created_at DESC LIMIT 1",
                       ca, identifier.value),
                 read);
  });
}

void SqliteAuthorizationStore::save_authorization(const Preauthorization& authorization,
                                                  const EventDraft& event) {
  database_.write("save an authorization of " + authorization.identifier().value,
                  [&](SQLite::Database& connection) {
                    execute(connection,
                            "INSERT INTO authorizations (url, ca, identifier, state, created_at, payload)"
                            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (url) DO UPDATE"
                            " SET state = excluded.state, payload = excluded.payload",
                            authorization.url, authorization.spec.ca, authorization.identifier().value,
                            to_string(authorization.state), authorization.created_at, encode(authorization));
                    append_event(connection, event, clock_.now());
                  });
}

}  // namespace certmgr::store
