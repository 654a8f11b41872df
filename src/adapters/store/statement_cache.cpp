// SPDX-License-Identifier: MIT
#include "adapters/store/statement_cache.h"

#include <utility>

namespace certmgr::store {
namespace {

/// The program has about two hundred; whoever makes up SQL text as it goes must not fill the memory.
constexpr std::size_t kMost = 400;

thread_local StatementCache* in_use = nullptr;

}  // namespace

StatementCache::Taken StatementCache::take(std::string_view sql) {
  auto found = places_.find(sql);
  if (found != places_.end() && found->second) return {std::move(found->second), &found->second};
  const std::string text(sql);
  Taken made{std::make_unique<SQLite::Statement>(connection_, text), nullptr};
  if (found == places_.end() && places_.size() < kMost) found = places_.try_emplace(text).first;
  if (found != places_.end()) made.place = &found->second;
  return made;
}

void StatementCache::give_back(Taken taken) noexcept {
  if (taken.place == nullptr) return;
  try {
    // What a failed step has to say was said when it failed.
    static_cast<void>(taken.statement->tryReset());
    taken.statement->clearBindings();
    *taken.place = std::move(taken.statement);
  } catch (...) {
    // Then it is prepared anew the next time.
  }
}

StatementCache::Use::Use(StatementCache& cache) : before_(std::exchange(in_use, &cache)) {}
StatementCache::Use::~Use() { in_use = before_; }

StatementCache* StatementCache::of(const SQLite::Database& connection) {
  return in_use != nullptr && &in_use->connection_ == &connection ? in_use : nullptr;
}

Query::Query(SQLite::Database& connection, std::string_view sql) {
  if (StatementCache* cache = StatementCache::of(connection))
    taken_ = cache->take(sql);
  else
    taken_.statement = std::make_unique<SQLite::Statement>(connection, std::string(sql));
}

Query::~Query() {
  if (taken_.statement) StatementCache::give_back(std::move(taken_));
}

}  // namespace certmgr::store
