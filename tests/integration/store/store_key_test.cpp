// SPDX-License-Identifier: MIT
#include "adapters/store/store_key.h"

#include <gmock/gmock.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "integration/store/process.h"
#include "integration/store/support.h"

namespace certmgr::store {
namespace {

using testing::Child;
using testing::failure_of;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using testing::mode_of;
using testing::read_file;
using testing::write_file;

class TheStoreKey : public ::testing::Test {
 protected:
  TheStoreKey() : database_(folder_ / "s.db") {}

  Trouble loading(const std::string& source) {
    return failure_of([&] { StoreKey::load(source, database_); });
  }
  void place(const std::string& content, unsigned mode = 0400) {
    unlink(file_.c_str());
    write_file(file_, content);
    ASSERT_EQ(chmod(file_.c_str(), mode), 0);
  }

  testing::TemporaryFolder folder_;
  std::string file_ = folder_ / "etc/store.key";
  std::string source_ = "file:" + file_;
  Database database_;
};

TEST_F(TheStoreKey, is_made_at_first_use_for_its_owner_alone) {
  const mode_t old = umask(0);
  const StoreKey key = StoreKey::load(source_, database_);
  umask(old);
  EXPECT_EQ(mode_of(file_), 0400U);
  EXPECT_EQ(mode_of(folder_ / "etc"), 0755U);
  EXPECT_THAT(read_file(file_), MatchesRegex("[0-9a-f]{64}\n"));
  EXPECT_EQ(crypto::hex(key.octets()) + "\n", read_file(file_));
  EXPECT_TRUE(key.encrypts());
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder_ / "etc")) ++files;
  EXPECT_EQ(files, 1U);
}

TEST_F(TheStoreKey, stays_the_same_afterwards) {
  const std::string first = crypto::hex(StoreKey::load(source_, database_).octets());
  EXPECT_EQ(crypto::hex(StoreKey::load(source_, database_).octets()), first);
}

TEST_F(TheStoreKey, is_never_made_anew_for_a_store_that_has_one) {
  StoreKey::load(source_, database_);
  ASSERT_EQ(unlink(file_.c_str()), 0);
  const Trouble trouble = loading(source_);
  EXPECT_EQ(trouble.code, "store_key_missing");
  EXPECT_THAT(trouble.why, HasSubstr(file_));
  EXPECT_THAT(trouble.hint, HasSubstr("backup"));
  EXPECT_FALSE(std::filesystem::exists(file_));
}

TEST_F(TheStoreKey, of_another_store_is_refused) {
  StoreKey::load(source_, database_);
  place(std::string(64, '7') + "\n");
  EXPECT_EQ(loading(source_).code, "store_key_wrong");
  EXPECT_EQ(loading("none").code, "store_key_wrong");
}

TEST_F(TheStoreKey, can_be_done_without_when_the_user_says_so) {
  EXPECT_FALSE(StoreKey::load("none", database_).encrypts());
  EXPECT_FALSE(StoreKey::load("none", database_).encrypts());
}

TEST_F(TheStoreKey, cannot_be_given_later_to_a_store_that_was_made_without) {
  StoreKey::load("none", database_);
  EXPECT_EQ(loading(source_).code, "store_key_wrong");
  EXPECT_FALSE(std::filesystem::exists(file_));
  std::filesystem::create_directory(folder_ / "etc");
  place(std::string(64, '7') + "\n");
  EXPECT_EQ(loading(source_).code, "store_key_wrong");
}

TEST_F(TheStoreKey, that_others_may_read_is_refused_with_the_command_that_helps) {
  std::filesystem::create_directory(folder_ / "etc");
  for (const unsigned mode : {0440U, 0404U, 0644U, 0420U}) {
    place(std::string(64, '7') + "\n", mode);
    const Trouble trouble = loading(source_);
    EXPECT_EQ(trouble.code, "store_key_unusable");
    EXPECT_THAT(trouble.hint, HasSubstr("chmod 0400 " + file_));
  }
}

TEST_F(TheStoreKey, that_is_no_key_is_refused) {
  std::filesystem::create_directory(folder_ / "etc");
  for (const std::string& content :
       {std::string(), std::string(63, '7'), std::string(65, '7'), std::string(64, 'g'),
        std::string(64, '7') + "\n\n", std::string(10'000, '7'), std::string(32, '\1')}) {
    place(content);
    EXPECT_EQ(loading(source_).code, "store_key_unusable");
    EXPECT_EQ(read_file(file_), content);
  }
  place(std::string(64, 'A'));
  EXPECT_NO_THROW(StoreKey::load(source_, database_));
}

TEST_F(TheStoreKey, that_is_no_regular_file_is_refused_and_does_not_hang) {
  std::filesystem::create_directory(folder_ / "etc");
  ASSERT_EQ(mkfifo(file_.c_str(), 0400), 0);
  EXPECT_EQ(loading(source_).code, "store_key_unusable");
  ASSERT_EQ(unlink(file_.c_str()), 0);
  std::filesystem::create_directory(file_);
  EXPECT_EQ(loading(source_).code, "store_key_unusable");
}

TEST_F(TheStoreKey, comes_from_a_credential_of_systemd) {
  const std::string credentials = folder_ / "credentials";
  std::filesystem::create_directory(credentials);
  write_file(credentials + "/certmgr-key", std::string(64, '7'));
  // As systemd leaves it: readable by ACL, which the mode shows as group bits.
  ASSERT_EQ(chmod((credentials + "/certmgr-key").c_str(), 0440), 0);
  unsetenv("CREDENTIALS_DIRECTORY");
  EXPECT_EQ(loading("credential:certmgr-key").code, "store_key_missing");
  setenv("CREDENTIALS_DIRECTORY", credentials.c_str(), 1);
  EXPECT_EQ(StoreKey::load("credential:certmgr-key", database_).octets()[0], 0x77);
  EXPECT_EQ(loading("credential:other").code, "store_key_missing");
  EXPECT_EQ(loading("credential:../credentials/certmgr-key").code, "bad_key_source");
  unsetenv("CREDENTIALS_DIRECTORY");
}

TEST_F(TheStoreKey, comes_from_nowhere_else) {
  for (const char* source :
       {"", "file:", "file:store.key", "credential:", "credential:..", "env:KEY", "None"}) {
    const Trouble trouble = loading(source);
    EXPECT_EQ(trouble.code, "bad_key_source") << source;
    EXPECT_EQ(trouble.kind, TroubleKind::configuration);
  }
}

TEST_F(TheStoreKey, is_one_key_when_many_processes_make_it_at_once) {
  for (int round = 0; round < 10; ++round) {
    const std::string file = folder_ / ("race" + std::to_string(round) + ".key");
    const std::string path = folder_ / ("race" + std::to_string(round) + ".db");
    std::vector<std::unique_ptr<Child>> children;
    for (int i = 0; i < 4; ++i) {
      children.push_back(std::make_unique<Child>([&](int) {
        Database database(path);
        StoreKey::load("file:" + file, database);
      }));
    }
    for (const auto& child : children) EXPECT_EQ(child->wait(), 0);
    Database database(path);
    EXPECT_NO_THROW(StoreKey::load("file:" + file, database));
  }
}

}  // namespace
}  // namespace certmgr::store
