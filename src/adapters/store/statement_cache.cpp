// SPDX-License-Identifier: MIT
#include "adapters/store/statement_cache.h"

#include <utility>

namespace certmgr::store {
namespace {

/// The program has about two hundred; whoever makes up SQL text as it goes must not fill the memory.
constexpr std::size_t kMost = 400;

thread_local StatementCache* in_use = nullptr;

}  // namespace

std::unique_ptr<SQLite::Statement> StatementCache::take(const std::string& sql) {
  const auto found = idle_.find(sql);
  if (found == idle_.end()) return std::make_unique<SQLite::Statement>(connection_, sql);
  auto statement = std::move(found->second);
  idle_.erase(found);
  return statement;
}

void StatementCache::give_back(std::unique_ptr<SQLite::Statement> statement) noexcept {
  try {
    // What a failed step has to say was said when it failed.
    static_cast<void>(statement->tryReset());
    statement->clearBindings();
    if (idle_.size() < kMost) idle_.insert_or_assign(statement->getQuery(), std::move(statement));
  } catch (...) {
    // Then it is prepared anew the next time.
  }
}

StatementCache::Use::Use(StatementCache& cache) : before_(std::exchange(in_use, &cache)) {}
StatementCache::Use::~Use() { in_use = before_; }

StatementCache* StatementCache::of(const SQLite::Database& connection) {
  return in_use != nullptr && &in_use->connection_ == &connection ? in_use : nullptr;
}

Query::Query(SQLite::Database& connection, const std::string& sql)
    : cache_(StatementCache::of(connection)),
      statement_(cache_ != nullptr ? cache_->take(sql)
                                   : std::make_unique<SQLite::Statement>(connection, sql)) {}

Query::~Query() {
  if (cache_ != nullptr && statement_) cache_->give_back(std::move(statement_));
}

}  // namespace certmgr::store
