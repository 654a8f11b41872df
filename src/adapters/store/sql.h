// SPDX-License-Identifier: MIT
#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/store/domain_json.h"
#include "adapters/store/statement_cache.h"
#include "adapters/store/store_trouble.h"
#include "certmgr/domain/instant.h"

namespace certmgr::store {

inline std::int64_t millis(Instant at) { return at.time_since_epoch().count(); }
inline Instant instant(std::int64_t value) { return Instant(Duration(value)); }

inline void put(SQLite::Statement& statement, int index, std::int64_t value) { statement.bind(index, value); }
inline void put(SQLite::Statement& statement, int index, int value) { statement.bind(index, value); }
inline void put(SQLite::Statement& statement, int index, bool value) { statement.bind(index, value ? 1 : 0); }
inline void put(SQLite::Statement& statement, int index, Instant value) {
  statement.bind(index, millis(value));
}
inline void put(SQLite::Statement& statement, int index, const std::string& value) {
  statement.bind(index, value);
}
inline void put(SQLite::Statement& statement, int index, std::string_view value) {
  statement.bind(index, std::string(value));
}
inline void put(SQLite::Statement& statement, int index, const char* value) {
  statement.bind(index, std::string(value));
}
inline void put(SQLite::Statement& statement, int index, const std::vector<std::uint8_t>& value) {
  statement.bind(index, value.data(), static_cast<int>(value.size()));
}
template <class T>
void put(SQLite::Statement& statement, int index, const std::optional<T>& value) {
  if (value) {
    put(statement, index, *value);
  } else {
    statement.bind(index);
  }
}

/// A statement with its parameters, in order.
template <class... Values>
Query query(SQLite::Database& connection, std::string_view sql, const Values&... values) {
  Query made(connection, sql);
  int index = 0;
  (put(made.row(), ++index, values), ...);
  return made;
}

/// Runs a statement that gives no rows; the number of rows it changed.
template <class... Values>
int execute(SQLite::Database& connection, std::string_view sql, const Values&... values) {
  return query(connection, sql, values...).exec();
}

/// Runs a prepared statement that gives no rows once more; the number of rows it changed.
template <class... Values>
int run(SQLite::Statement& statement, const Values&... values) {
  statement.reset();
  int index = 0;
  (put(statement, ++index, values), ...);
  return statement.exec();
}

/// The first row as `read(statement)` makes it, if there is one.
template <class Read>
auto first(Query query, const Read& read) -> std::optional<decltype(read(query.row()))> {
  if (!query.executeStep()) return std::nullopt;
  return read(query.row());
}

/// Every row.
template <class Read>
auto all(Query query, const Read& read) -> std::vector<decltype(read(query.row()))> {
  std::vector<decltype(read(query.row()))> rows;
  while (query.executeStep()) rows.push_back(read(query.row()));
  return rows;
}

inline std::vector<std::uint8_t> blob(const SQLite::Column& column) {
  const auto* data = static_cast<const std::uint8_t*>(column.getBlob());
  return data == nullptr ? std::vector<std::uint8_t>() : std::vector(data, data + column.getBytes());
}

/// Runs `decode`; what it cannot read becomes Failure "store_corrupt" naming the row.
template <class Decode>
void decode_row(const std::string& row, const Decode& decode) {
  try {
    decode();
  } catch (const BadPayload& error) {
    throw Failure(corrupt_row(row, error.what()));
  } catch (const json::exception& error) {
    throw Failure(corrupt_row(row, error.what()));
  }
}

/// Reads every row and has `report` told about each that cannot be read.
template <class Read, class Report>
void check_rows(Query query, const Read& read, const Report& report) {
  while (query.executeStep()) {
    try {
      read(query.row());
    } catch (const Failure& failure) {
      report(failure.trouble().message());
    }
  }
}

}  // namespace certmgr::store
