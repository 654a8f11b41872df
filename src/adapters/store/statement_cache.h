// SPDX-License-Identifier: MIT
#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace certmgr::store {

/// Prepared statements of one connection: to parse one costs more than to run it. Used by one thread at a
/// time, like the connection.
class StatementCache {
 public:
  explicit StatementCache(SQLite::Database& connection) : connection_(connection) {}

  /// Where a statement goes when it is not in use; empty while it is.
  using Place = std::unique_ptr<SQLite::Statement>;
  struct Taken {
    std::unique_ptr<SQLite::Statement> statement;
    Place* place = nullptr;  // nullptr: it is not kept
  };
  Taken take(std::string_view sql);
  static void give_back(Taken taken) noexcept;

  /// While this lives, queries of this thread on the cache's connection use it.
  class Use {
   public:
    explicit Use(StatementCache& cache);
    ~Use();
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

   private:
    StatementCache* before_;
  };
  /// The cache in use for this connection, nullptr if there is none.
  static StatementCache* of(const SQLite::Database& connection);

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view sql) const { return std::hash<std::string_view>()(sql); }
  };

  SQLite::Database& connection_;
  std::unordered_map<std::string, Place, Hash, std::equal_to<>> places_;
};

/// A statement with its parameters, ready to be stepped through. Goes back to the cache when it ends.
class Query {
 public:
  Query(SQLite::Database& connection, std::string_view sql);
  ~Query();
  Query(Query&& other) noexcept = default;
  Query& operator=(Query&&) = delete;
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  [[nodiscard]] SQLite::Statement& row() { return *taken_.statement; }
  bool executeStep() { return taken_.statement->executeStep(); }
  int exec() { return taken_.statement->exec(); }
  [[nodiscard]] SQLite::Column getColumn(int index) { return taken_.statement->getColumn(index); }

 private:
  StatementCache::Taken taken_;
};

}  // namespace certmgr::store
