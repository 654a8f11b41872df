// SPDX-License-Identifier: MIT
#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <memory>
#include <string>
#include <unordered_map>

namespace certmgr::store {

/// Prepared statements of one connection that are not in use at the moment: to parse one costs more than to
/// run it. Used by one thread at a time, like the connection.
class StatementCache {
 public:
  explicit StatementCache(SQLite::Database& connection) : connection_(connection) {}

  std::unique_ptr<SQLite::Statement> take(const std::string& sql);
  void give_back(std::unique_ptr<SQLite::Statement> statement) noexcept;

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
  SQLite::Database& connection_;
  std::unordered_map<std::string, std::unique_ptr<SQLite::Statement>> idle_;
};

/// A statement with its parameters, ready to be stepped through. Goes back to the cache when it ends.
class Query {
 public:
  Query(SQLite::Database& connection, const std::string& sql);
  ~Query();
  Query(Query&& other) noexcept = default;
  Query& operator=(Query&&) = delete;
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  [[nodiscard]] SQLite::Statement& row() { return *statement_; }
  bool executeStep() { return statement_->executeStep(); }
  int exec() { return statement_->exec(); }
  [[nodiscard]] SQLite::Column getColumn(int index) { return statement_->getColumn(index); }

 private:
  StatementCache* cache_;
  std::unique_ptr<SQLite::Statement> statement_;
};

}  // namespace certmgr::store
