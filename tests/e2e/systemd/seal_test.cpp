// SPDX-License-Identifier: MIT
// A server's definition that was changed past certmgr is not acted upon.
#include <SQLiteCpp/SQLiteCpp.h>

#include "e2e/world/world.h"

namespace certmgr::e2e {
namespace {

class Sealed : public ::testing::Test {
 protected:
  Sealed() : world_({}, "[deploy]\nseal = \"file:" + (keys_ / "deploy.key").string() + "\"\n") {}

  /// What a process could do that may write to the store but not be root.
  void tamper(const std::string& payload) const {
    SQLite::Database store(world_.certmgr.store_file().string(), SQLite::OPEN_READWRITE, 5000);
    ASSERT_EQ(store.exec("UPDATE servers SET payload = " + payload + " WHERE name = 'web'"), 1);
  }
  void start() {
    ASSERT_NO_FATAL_FAILURE(world_.start_nginx());
    static_cast<void>(world_.run_json({"issue", "www.example.com", "--server", "web"}));
    served_ = world_.served_by_nginx();
    ASSERT_EQ(served_, world_.stored_fingerprint("www.example.com"));
  }

  lab::TempDir keys_;
  World world_;
  std::string served_;
};

TEST_F(Sealed, AServerWhoseRowWasEditedIsLeftAlone) {
  ASSERT_NO_FATAL_FAILURE(start());
  const auto mark = world_.files / "evil-ran";
  const auto hook = write_hook(world_.files / "evil", "touch " + mark.string() + "\n");
  tamper("json_set(payload, '$.hook', '" + hook.string() + "')");

  const auto document = world_.run_json({"renew", "www.example.com", "--force"}, 3);
  EXPECT_NE(document.dump().find("server_not_sealed"), std::string::npos) << document.dump(1);
  EXPECT_EQ(world_.served_by_nginx(), served_);
  EXPECT_FALSE(std::filesystem::exists(mark));
  EXPECT_TRUE(world_.leftovers().empty());
  EXPECT_NE(world_.stored_fingerprint("www.example.com"), served_) << "the new one is kept for later";
}

TEST_F(Sealed, AnotherPathIsNoticedToo) {
  ASSERT_NO_FATAL_FAILURE(start());
  const auto elsewhere = (world_.files / "elsewhere.pem").string();
  tamper("json_set(payload, '$.files.fullchain', '" + elsewhere + "')");
  const auto document = world_.run_json({"renew", "www.example.com", "--force"}, 3);
  EXPECT_NE(document.dump().find("server_not_sealed"), std::string::npos) << document.dump(1);
  EXPECT_FALSE(std::filesystem::exists(elsewhere));
  EXPECT_EQ(world_.served_by_nginx(), served_);
}

TEST_F(Sealed, APersonSealsItAgainAndAPartialChangeDoesNot) {
  ASSERT_NO_FATAL_FAILURE(start());
  tamper("json_remove(payload, '$.seal')");
  const auto changed = world_.run({"server", "set", "web", "--mode", "0600"});
  EXPECT_EQ(changed.exit_code, 1) << changed.errors;
  EXPECT_NE(changed.errors.find("certmgr server set web"), std::string::npos) << changed.errors;
  EXPECT_EQ(world_.run({"server", "set", "web"}).exit_code, 0);
  static_cast<void>(world_.run_json({"renew", "www.example.com", "--force"}));
  EXPECT_EQ(world_.served_by_nginx(), world_.stored_fingerprint("www.example.com"));
}

TEST_F(Sealed, TheKeyIsForItsOwnerAlone) {
  ASSERT_NO_FATAL_FAILURE(world_.register_files("web"));
  const auto mode = std::filesystem::status(keys_ / "deploy.key").permissions();
  EXPECT_EQ(mode, std::filesystem::perms::owner_read);
}

}  // namespace
}  // namespace certmgr::e2e
