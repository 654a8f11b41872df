// SPDX-License-Identifier: MIT
// One store for root's commands and a service of another user.
#include <SQLiteCpp/Database.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/store/store_key.h"
#include "integration/store/support.h"

namespace certmgr::store {
namespace {

constexpr uid_t kService = 65534;

TEST(AStoreMadeByRoot, BelongsToTheOwnerOfItsFolder) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  const testing::TemporaryFolder folder;
  const std::string of_service = folder / "service";
  ASSERT_EQ(mkdir(of_service.c_str(), 0700), 0);
  ASSERT_EQ(chown(of_service.c_str(), kService, kService), 0);
  Database database(of_service + "/s.db");
  database.write("write", [](SQLite::Database& connection) { connection.exec("CREATE TABLE t (a)"); });
  // SQLite gives its log files to the owner of the store.
  for (const char* name : {"/s.db", "/s.db-wal", "/s.db-shm"}) {
    struct stat found {};
    ASSERT_EQ(stat((of_service + name).c_str(), &found), 0) << name;
    EXPECT_EQ(found.st_uid, kService) << name;
    EXPECT_EQ(found.st_mode & 0777U, 0600U) << name;
  }
}

class ACredential : public ::testing::Test {
 protected:
  ~ACredential() override { unsetenv("CREDENTIALS_DIRECTORY"); }
  testing::TemporaryFolder folder_;
  Database database_{folder_ / "s.db"};
};

TEST_F(ACredential, WithTheNameOfTheKeyFileGoesBeforeTheFile) {
  const std::string text = crypto::hex(StoreKey::load("file:" + (folder_ / "store.key"), database_).octets());
  const std::string given = folder_ / "credentials";
  ASSERT_EQ(mkdir(given.c_str(), 0700), 0);
  testing::write_file(given + "/store.key", text + "\n");
  setenv("CREDENTIALS_DIRECTORY", given.c_str(), 1);
  // Where the service looks there is no file it could read.
  const StoreKey key = StoreKey::load("file:/nonexistent/store.key", database_);
  EXPECT_EQ(crypto::hex(key.octets()), text);
}

TEST_F(ACredential, OfAnotherNameIsNotTaken) {
  const std::string given = folder_ / "credentials";
  ASSERT_EQ(mkdir(given.c_str(), 0700), 0);
  testing::write_file(given + "/token", "abc\n");
  setenv("CREDENTIALS_DIRECTORY", given.c_str(), 1);
  static_cast<void>(StoreKey::load("file:" + (folder_ / "store.key"), database_));
  EXPECT_EQ(testing::mode_of(folder_ / "store.key"), 0400U);
}

}  // namespace
}  // namespace certmgr::store
