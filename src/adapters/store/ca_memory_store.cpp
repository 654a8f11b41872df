// SPDX-License-Identifier: MIT
#include "adapters/store/ca_memory_store.h"

#include "adapters/store/sql.h"

namespace certmgr::store {
namespace {

/// More than a process uses at once; CAs forget old ones anyway.
constexpr int kMostNonces = 8;

template <class Work>
auto or_nothing(const Work& work) -> decltype(work()) {
  try {
    return work();
  } catch (const Failure&) {
    return decltype(work())();
  }
}

}  // namespace

std::optional<CaMemory::Directory> SqliteCaMemory::directory(const std::string& directory_url) {
  return or_nothing([&] {
    return database_.read("recall a CA's directory", [&](SQLite::Database& connection) {
      return first(query(connection,
                         "SELECT value, coalesce(fresh_until, 0) FROM ca_memory"
                         " WHERE directory_url = ? AND kind = 'directory'",
                         directory_url),
                   [](SQLite::Statement& row) {
                     return Directory{row.getColumn(0).getString(), instant(row.getColumn(1).getInt64())};
                   });
    });
  });
}

void SqliteCaMemory::remember_directory(const std::string& directory_url, const Directory& directory) {
  or_nothing([&] {
    database_.write(
        "remember a CA's directory",
        [&](SQLite::Database& connection) {
          execute(
              connection,
              "INSERT INTO ca_memory (directory_url, kind, value, fresh_until) VALUES (?, 'directory', ?, ?)"
              " ON CONFLICT (directory_url) WHERE kind = 'directory'"
              " DO UPDATE SET value = excluded.value, fresh_until = excluded.fresh_until",
              directory_url, directory.body, directory.fresh_until);
        },
        Durability::relaxed);
  });
}

std::optional<std::string> SqliteCaMemory::take_nonce(const std::string& directory_url) {
  return or_nothing([&] {
    return database_.write(
        "take a nonce",
        [&](SQLite::Database& connection) {
          // The newest: the CA is most likely to know it still.
          return first(
              query(connection,
                    "DELETE FROM ca_memory WHERE id = (SELECT id FROM ca_memory WHERE directory_url = ?"
                    " AND kind = 'nonce' ORDER BY id DESC LIMIT 1) RETURNING value",
                    directory_url),
              [](SQLite::Statement& row) { return row.getColumn(0).getString(); });
        },
        Durability::relaxed);
  });
}

void SqliteCaMemory::park_nonce(const std::string& directory_url, const std::string& nonce) {
  or_nothing([&] {
    database_.write(
        "park a nonce",
        [&](SQLite::Database& connection) {
          execute(connection,
                  "INSERT INTO ca_memory (directory_url, kind, value) VALUES (?, 'nonce', ?) ON CONFLICT DO "
                  "NOTHING",
                  directory_url, nonce);
          execute(connection,
                  "DELETE FROM ca_memory WHERE id IN (SELECT id FROM ca_memory WHERE directory_url = ?"
                  " AND kind = 'nonce' ORDER BY id DESC LIMIT -1 OFFSET ?)",
                  directory_url, kMostNonces);
        },
        Durability::relaxed);
  });
}

}  // namespace certmgr::store
