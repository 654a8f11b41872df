// SPDX-License-Identifier: MIT
#include "adapters/store/statement_cache.h"

#include <gmock/gmock.h>

#include "adapters/store/sql.h"

namespace certmgr::store {
namespace {

class TheStatementCache : public ::testing::Test {
 protected:
  TheStatementCache() {
    connection_.exec("CREATE TABLE t (x INTEGER UNIQUE); INSERT INTO t VALUES (1), (2)");
  }
  std::int64_t value_of(const std::string& sql) {
    return first(query(connection_, sql), [](SQLite::Statement& row) { return row.getColumn(0).getInt64(); })
        .value_or(-1);
  }

  SQLite::Database connection_{":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
  StatementCache cache_{connection_};
  StatementCache::Use use_{cache_};
};

TEST_F(TheStatementCache, gives_the_same_statement_again_without_what_was_bound) {
  const SQLite::Statement* before = nullptr;
  {
    auto statement = query(connection_, "SELECT x FROM t WHERE x = ?", 2);
    EXPECT_TRUE(statement.executeStep());
    before = &statement.row();
  }
  Query again(connection_, "SELECT x FROM t WHERE x = ?");
  EXPECT_EQ(&again.row(), before);
  EXPECT_FALSE(again.executeStep()) << "nothing is bound";
}

TEST_F(TheStatementCache, gives_a_statement_that_is_in_use_a_second_time) {
  std::vector<std::int64_t> pairs;
  for (int round = 0; round < 3; ++round) {
    pairs.clear();
    Query outer(connection_, "SELECT x FROM t ORDER BY x");
    while (outer.executeStep()) {
      Query inner(connection_, "SELECT x FROM t ORDER BY x");
      while (inner.executeStep())
        pairs.push_back(outer.getColumn(0).getInt64() * 10 + inner.getColumn(0).getInt64());
    }
    EXPECT_THAT(pairs, ::testing::ElementsAre(11, 12, 21, 22));
  }
}

TEST_F(TheStatementCache, goes_on_after_a_statement_that_failed) {
  EXPECT_THROW(execute(connection_, "INSERT INTO t VALUES (?)", 1), SQLite::Exception);
  EXPECT_EQ(execute(connection_, "INSERT INTO t VALUES (?)", 3), 1);
  EXPECT_THROW(execute(connection_, "SELECT nonsense"), SQLite::Exception);
  EXPECT_THROW(execute(connection_, "SELECT nonsense"), SQLite::Exception);
  EXPECT_EQ(value_of("SELECT max(x) FROM t"), 3);
}

TEST_F(TheStatementCache, works_with_more_texts_than_it_keeps) {
  for (int round = 0; round < 2; ++round)
    for (int number = 0; number < 1000; ++number)
      ASSERT_EQ(value_of("SELECT " + std::to_string(number)), number);
}

}  // namespace
}  // namespace certmgr::store
