// SPDX-License-Identifier: MIT
#include "adapters/store/database.h"

#include <SQLiteCpp/Database.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>

#include "adapters/store/open_file.h"
#include "integration/store/process.h"
#include "integration/store/support.h"

namespace certmgr::store {
namespace {

using testing::Bench;
using testing::failure_of;
using ::testing::HasSubstr;
using testing::mode_of;
using testing::read_file;
using testing::sql;
using testing::sql_value;
using testing::TemporaryFolder;
using testing::write_file;

Trouble opening(const std::string& path) {
  return failure_of([&] { Database database(path); });
}

void expect_complete(const Trouble& trouble, const std::string& code) {
  EXPECT_EQ(trouble.kind, TroubleKind::store);
  EXPECT_EQ(trouble.code, code) << trouble.message();
  EXPECT_FALSE(trouble.what.empty());
  EXPECT_FALSE(trouble.why.empty());
  EXPECT_FALSE(trouble.hint.empty());
}

TEST(Database, is_made_with_its_folder_for_its_owner_alone) {
  const TemporaryFolder folder;
  const mode_t old = umask(0);
  Bench bench(folder / "a/b/certmgr.db");
  umask(old);
  bench.make_certificate("pbx");
  EXPECT_EQ(mode_of(folder / "a"), 0700U);
  EXPECT_EQ(mode_of(folder / "a/b"), 0700U);
  EXPECT_EQ(mode_of(folder / "a/b/certmgr.db"), 0600U);
  EXPECT_EQ(mode_of(folder / "a/b/certmgr.db-wal"), 0600U);
  EXPECT_EQ(mode_of(folder / "a/b/certmgr.db-shm"), 0600U);
}

TEST(Database, keeps_what_was_stored_when_it_is_opened_again) {
  const TemporaryFolder folder;
  { Bench(folder / "s.db").make_certificate("pbx"); }
  EXPECT_TRUE(Bench(folder / "s.db").certificates.find("pbx"));
}

TEST(Database, waits_for_the_disk_and_checks_references) {
  const TemporaryFolder folder;
  Bench bench(folder / "s.db");
  // Relaxed commits must leave no trace.
  bench.memory.park_nonce("https://ca.example/directory", "n");
  EXPECT_EQ(sql_value(bench.database, "PRAGMA synchronous"), "2");
  EXPECT_EQ(sql_value(bench.database, "PRAGMA journal_mode"), "wal");
  EXPECT_EQ(sql_value(bench.database, "PRAGMA foreign_keys"), "1");
  EXPECT_EQ(sql_value(bench.database, "PRAGMA secure_delete"), "1");
  EXPECT_EQ(sql_value(bench.database, "PRAGMA busy_timeout"), "10000");
}

TEST(Database, refuses_a_newer_store_and_leaves_it_as_it_is) {
  const TemporaryFolder folder;
  const std::string path = folder / "s.db";
  {
    Database database(path);
    sql(database, "PRAGMA user_version = 99");
  }
  const std::string before = read_file(path);
  const Trouble trouble = opening(path);
  expect_complete(trouble, "store_newer");
  EXPECT_THAT(trouble.why, HasSubstr("99"));
  EXPECT_THAT(trouble.why, HasSubstr("up to " + std::to_string(migrations().size())));
  EXPECT_EQ(read_file(path), before);
}

TEST(Database, refuses_files_that_are_no_store_and_leaves_them_as_they_are) {
  const TemporaryFolder folder;
  const std::string path = folder / "other.db";
  {
    SQLite::Database other(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    other.exec("CREATE TABLE t (x)");
  }
  for (const std::string& content :
       {read_file(path), std::string("precious text"), std::string(8192, '\0')}) {
    write_file(path, content);
    expect_complete(opening(path), "store_foreign");
    EXPECT_EQ(read_file(path), content);
    EXPECT_FALSE(std::filesystem::exists(path + "-wal"));
    EXPECT_FALSE(std::filesystem::exists(path + "-journal"));
  }
}

TEST(Database, names_a_folder_that_stands_in_the_way) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "s.db");
  const Trouble trouble = opening(folder / "s.db");
  expect_complete(trouble, "store_unwritable");
  EXPECT_THAT(trouble.why, HasSubstr("is a folder"));
}

TEST(Database, names_the_folder_that_cannot_be_made) {
  const TemporaryFolder folder;
  write_file(folder / "file", "");
  expect_complete(opening(folder / "file/s.db"), "store_unwritable");
  expect_complete(opening("/proc/certmgr/s.db"), "store_unwritable");
}

TEST(Database, tells_a_user_without_permission_what_is_missing) {
  const TemporaryFolder folder;
  const std::string path = folder / "s.db";
  { Bench(path).make_certificate("pbx"); }
  ASSERT_EQ(chmod((folder / "").c_str(), 0755), 0);
  const auto try_as_nobody = [&](unsigned mode) {
    EXPECT_EQ(chmod(path.c_str(), mode), 0);
    return testing::in_child([&] {
      constexpr uid_t nobody = 65534;
      if (geteuid() == 0 && (setgid(nobody) != 0 || setuid(nobody) != 0)) return 2;
      const Trouble trouble = opening(path);
      return trouble.code == "store_unwritable" && !trouble.why.empty() ? 0 : 1;
    });
  };
  if (geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  EXPECT_EQ(try_as_nobody(0600), 0);
  EXPECT_EQ(try_as_nobody(0644), 0);
  EXPECT_EQ(try_as_nobody(0666), 0);  // the file is writable, the folder for the log is not
}

TEST(Database, says_that_a_damaged_file_is_damaged) {
  const TemporaryFolder folder;
  const std::string path = folder / "s.db";
  {
    Bench bench(path);
    for (int i = 0; i < 50; ++i) bench.make_certificate("pbx" + std::to_string(i));
  }
  std::string content = read_file(path);
  std::fill(content.begin() + 100, content.end(), 'x');
  write_file(path, content);
  expect_complete(opening(path), "store_corrupt");
}

TEST(Database, says_that_the_disk_is_full_and_stays_sound) {
  const TemporaryFolder folder;
  Bench bench(folder / "s.db");
  bench.make_certificate("first");
  const std::string pages = sql_value(bench.database, "PRAGMA page_count");
  sql(bench.database, "PRAGMA max_page_count = " + pages);
  Trouble trouble;
  int stored = 0;
  for (; stored < 10'000 && trouble.code.empty(); ++stored) {
    try {
      bench.make_certificate("pbx" + std::to_string(stored));
    } catch (const Failure& failure) {
      trouble = failure.trouble();
    }
  }
  expect_complete(trouble, "disk_full");
  EXPECT_THAT(trouble.hint, HasSubstr("make room"));
  EXPECT_THAT(bench.inspector.check().findings, ::testing::IsEmpty());
  sql(bench.database, "PRAGMA max_page_count = 1000000");
  bench.make_certificate("pbx" + std::to_string(stored));
  EXPECT_THAT(bench.inspector.check().findings, ::testing::IsEmpty());
}

TEST(Database, undoes_everything_when_the_work_throws) {
  const TemporaryFolder folder;
  Database database(folder / "s.db");
  const auto work = [](SQLite::Database& connection) {
    connection.exec("INSERT INTO meta VALUES ('a', 'b')");
    throw Failure(testing::trouble("stop"));
  };
  EXPECT_EQ(failure_of([&] { database.write("test", work); }).code, "stop");
  EXPECT_EQ(sql_value(database, "SELECT count(*) FROM meta"), "0");
}

TEST(Database, can_be_made_by_many_processes_at_once) {
  for (int round = 0; round < 5; ++round) {
    const TemporaryFolder folder;
    const std::string path = folder / "s.db";
    std::vector<std::unique_ptr<testing::Child>> children;
    for (int i = 0; i < 6; ++i) {
      children.push_back(std::make_unique<testing::Child>([&](int) {
        Database database(path);
        if (sql_value(database, "SELECT count(*) FROM meta") != "0") throw std::runtime_error("not empty");
      }));
    }
    for (const auto& child : children) EXPECT_EQ(child->wait(), 0);
  }
}

TEST(Database, commits_nothing_to_a_file_that_is_no_longer_the_store) {
  const std::vector<std::pair<std::function<void(const std::string&)>, std::string>> cases{
      {[](const std::string& path) { std::filesystem::remove(path); }, "store_vanished"},
      {[](const std::string& path) { std::filesystem::remove(path + "-wal"); }, "store_vanished"},
      {[](const std::string& path) {
         std::filesystem::copy_file(path, path + ".copy");
         std::filesystem::rename(path + ".copy", path);
       },
       "store_replaced"}};
  for (const auto& [take_away, code] : cases) {
    const TemporaryFolder folder;
    Database database(folder / "s.db");
    EXPECT_FALSE(database.lost());
    take_away(folder / "s.db");
    bool ran = false;
    expect_complete(failure_of([&] { database.write("test", [&](SQLite::Database&) { ran = true; }); }),
                    code);
    EXPECT_FALSE(ran);
    EXPECT_TRUE(database.lost());
  }
}

TEST(Database, says_that_another_process_holds_the_store) {
  const TemporaryFolder folder;
  Database one(folder / "s.db");
  Database other(folder / "s.db");
  sql(other, "PRAGMA busy_timeout = 10");
  one.write("hold", [&](SQLite::Database&) {
    expect_complete(failure_of([&] { other.write("test", [](SQLite::Database&) {}); }), "store_busy");
  });
}

}  // namespace
}  // namespace certmgr::store
