// SPDX-License-Identifier: MIT
// Writes of several threads that are committed together are still all or nothing, each by itself.
#include <gmock/gmock.h>
#include <sqlite3.h>

#include <atomic>
#include <latch>
#include <thread>

#include "adapters/store/database.h"
#include "adapters/store/meta.h"
#include "adapters/store/sql.h"
#include "integration/store/support.h"

namespace certmgr::store {
namespace {

class CommitGroupTest : public ::testing::Test {
 protected:
  testing::TemporaryFolder folder_;
  Database database_{folder_ / "store.db"};

  std::optional<std::string> value(const std::string& name) {
    return database_.read("read", [&](SQLite::Database& connection) { return meta(connection, name); });
  }
  void put(const std::string& name) {
    database_.write("write " + name,
                    [&](SQLite::Database& connection) { set_meta(connection, name, "there"); });
  }
};

int count(void* commits) {
  ++*static_cast<int*>(commits);
  return 0;
}

TEST_F(CommitGroupTest, ManyThreadsWriteTogetherAndNothingIsLost) {
  constexpr int kThreads = 8, kWrites = 50;
  int commits = 0;
  database_.read("count commits", [&](SQLite::Database& connection) {
    sqlite3_commit_hook(connection.getHandle(), count, &commits);
  });
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t)
      threads.emplace_back([&, t] {
        for (int i = 0; i < kWrites; ++i) put(std::to_string(t) + "." + std::to_string(i));
      });
  }
  EXPECT_LT(commits, kThreads * kWrites / 2);
  Database again(folder_ / "store.db");
  const auto there = again.read("count", [](SQLite::Database& connection) {
    return connection.execAndGet("SELECT count(*) FROM meta WHERE value = 'there'").getInt();
  });
  EXPECT_EQ(there, kThreads * kWrites);
}

TEST_F(CommitGroupTest, OneThatFailsUndoesItselfAndNotTheOthers) {
  std::latch held(1);
  std::latch joined(1);
  // While the first write keeps the connection, the others come together behind it.
  std::jthread first([&] {
    database_.write("hold", [&](SQLite::Database&) {
      joined.count_down();
      held.wait();
    });
  });
  joined.wait();
  std::atomic<int> failures = 0;
  {
    std::vector<std::jthread> others;
    for (int i = 0; i < 6; ++i)
      others.emplace_back([&, i] {
        try {
          database_.write("write", [&](SQLite::Database& connection) {
            set_meta(connection, "value " + std::to_string(i), "there");
            if (i % 2 == 1) throw Failure({.kind = TroubleKind::usage, .code = "refused"});
          });
        } catch (const Failure& failure) {
          EXPECT_EQ(failure.trouble().code, "refused");
          ++failures;
        }
      });
    held.count_down();
  }
  EXPECT_EQ(failures, 3);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(value("value " + std::to_string(i)).has_value(), i % 2 == 0) << i;
}

TEST_F(CommitGroupTest, AnErrorOfSqliteNamesWhatFailed) {
  try {
    database_.write("do something odd", [](SQLite::Database& connection) {
      execute(connection, "INSERT INTO nowhere VALUES (1)");
    });
    FAIL();
  } catch (const Failure& failure) {
    EXPECT_THAT(failure.trouble().what, ::testing::HasSubstr("do something odd"));
  }
  put("afterwards");
  EXPECT_TRUE(value("afterwards").has_value());
}

}  // namespace
}  // namespace certmgr::store
