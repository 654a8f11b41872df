// SPDX-License-Identifier: MIT
// Alarms that are long over leave the store of a daemon.
#include <SQLiteCpp/SQLiteCpp.h>

#include "e2e/world/world.h"

namespace certmgr::e2e {
namespace {

TEST(Pruning, RemovesAlarmsThatAreOlderThanConfiguredAndNoOthers) {
  const World world({}, "[daemon]\nkeep_alarms_days = 2\n");
  ASSERT_EQ(world.run({"list"}).exit_code, 0);
  SQLite::Database store(world.certmgr.store_file().string(), SQLite::OPEN_READWRITE, 5000);
  const std::string days_ago = "(unixepoch() - 86400 * ";
  for (const char* days : {"1", "3", "4"})
    store.exec("INSERT INTO alarms (kind, subject, raised_at, cleared_at, payload) SELECT 'expiry_near', 's" +
               std::string(days) + "', 0, " + days_ago + days + ") * 1000, '{}'");
  store.exec(
      "INSERT INTO tasks (kind, subject_id, lane, party, due_at)"
      " VALUES ('pruning', 0, 'pruning:0', 'pruning', 0)");
  EXPECT_EQ(world.run({"daemon", "--once"}).exit_code, 0);
  EXPECT_EQ(store.execAndGet("SELECT group_concat(subject) FROM alarms").getString(), "s1");
  EXPECT_EQ(store
                .execAndGet("SELECT round((due_at / 1000 - unixepoch()) / 3600.0) FROM tasks"
                            " WHERE kind = 'pruning'")
                .getInt(),
            24);
}

}  // namespace
}  // namespace certmgr::e2e
