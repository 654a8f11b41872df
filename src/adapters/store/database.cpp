// SPDX-License-Identifier: MIT
#include "adapters/store/database.h"

#include <SQLiteCpp/Database.h>
#include <sqlite3.h>

#include "adapters/store/open_file.h"
#include "adapters/store/statement_cache.h"
#include "adapters/store/store_trouble.h"

namespace certmgr::store {
namespace {

// Writers wait for one another; a step holds the store for milliseconds.
constexpr int kBusyTimeoutMs = 10'000;

}  // namespace

Database::Database(std::string path, const std::vector<Migration>& steps)
    : path_(std::move(path)),
      writes_([this](const std::string& doing, const auto& body) { mapped(doing, body); },
              [this](const auto& body) { locked(body); },
              [this] {
                if (auto trouble = lost()) throw Failure(std::move(*trouble));
              }) {
  prepare_library();
  create_file(path_);
  mapped("open the store", [&] {
    connection_ = std::make_unique<SQLite::Database>(path_, SQLite::OPEN_READWRITE, kBusyTimeoutMs);
    prepare_connection(*connection_);
    migrate(*connection_, steps);
    place_.emplace(path_);
    statements_ = std::make_unique<StatementCache>(*connection_);
  });
}

Database::~Database() = default;

void Database::mapped(const std::string& doing, const std::function<void()>& body) {
  try {
    body();
  } catch (const SQLite::Exception& error) {
    const int system_error = connection_ ? sqlite3_system_errno(connection_->getHandle()) : 0;
    throw Failure(sqlite_trouble(error, system_error, doing, path_));
  }
}

void Database::locked(const Body& body) {
  const std::lock_guard lock(mutex_);
  const StatementCache::Use use(*statements_);
  body(*connection_);
}

void Database::guarded(const std::string& doing, const Body& body) {
  locked([&](SQLite::Database& connection) { mapped(doing, [&] { body(connection); }); });
}

void Database::guarded_transaction(const std::string& doing, Durability durability, const Body& body) {
  PendingWrite mine{.doing = doing, .body = body, .durable = durability == Durability::full};
  writes_.write(mine);
  if (mine.error) std::rethrow_exception(mine.error);
  if (durability == Durability::full && heard_) heard_();
}

}  // namespace certmgr::store
