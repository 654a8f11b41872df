// SPDX-License-Identifier: MIT
// Private keys leave the store for the servers' files and for nothing else.
#include "e2e/world/world.h"
#include "secret_scan.h"

namespace certmgr::e2e {
namespace {

bool holds_any(const std::string& text, const std::vector<std::string>& forms) {
  for (const auto& form : forms)
    if (text.find(form) != std::string::npos) return true;
  return false;
}

TEST(Secrets, NoKeyIsInTheStoreTheOutputOrTheEnvironmentOfAHook) {
  World world;
  const auto dump = world.files / "environment";
  const auto hook = write_hook(world.files / "hook", "{ env; echo \"$@\"; } >> " + dump.string() + "\n");
  ASSERT_NO_FATAL_FAILURE(world.register_files("files", {"--hook", hook.string()}));
  for (const Arguments& command :
       {Arguments{"issue", "a.example.com", "--server", "files", "-v"},
        Arguments{"renew", "--force", "a.example.com", "-v", "--json"}, Arguments{"show", "a.example.com"},
        Arguments{"server", "show", "files"}, Arguments{"server", "test", "files", "-v"},
        Arguments{"account", "show", "-v", "--json"}, Arguments{"db", "check", "-v"}}) {
    const auto outcome = world.run(command);
    ASSERT_EQ(outcome.exit_code, 0) << command.front() << outcome.errors;
    EXPECT_FALSE(holds_a_key(outcome.output + outcome.errors)) << command.front();
  }
  const std::string key = lab::read_file(world.files / "files/key.pem");
  ASSERT_TRUE(holds_a_key(key)) << "the scan does not see what it looks for";
  EXPECT_EQ(keys_in_folder(world.certmgr.dir()), std::vector<std::string>{});
  EXPECT_FALSE(holds_any(content_of_folder(world.certmgr.dir()), forms_of_key(key)))
      << "the number that the key is, in the store or in any output";
  const std::string environment = lab::read_file(dump);
  EXPECT_NE(environment.find("CERTMGR_PHASE=reload"), std::string::npos) << "the hook did not run";
  EXPECT_FALSE(holds_a_key(environment));
  EXPECT_FALSE(holds_any(environment, forms_of_key(key)));
}

TEST(Secrets, AnExportIsTheOnlyCommandThatWritesAKeyElsewhere) {
  World world;
  ASSERT_EQ(world.run({"issue", "a.example.com"}).exit_code, 0);
  EXPECT_EQ(keys_in_folder(world.files.path()), std::vector<std::string>{});
  const auto outcome = world.run({"export", "a.example.com", "--out", world.files.path().string()});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_EQ(keys_in_folder(world.files.path()),
            std::vector<std::string>{(world.files / "privkey.pem").string()});
  EXPECT_FALSE(holds_a_key(outcome.output + outcome.errors));
}

TEST(Secrets, TheKeyOfTheStoreIsForItsOwnerAloneAndIsNotInTheStore) {
  World world;
  ASSERT_EQ(world.run({"issue", "a.example.com"}).exit_code, 0);
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(world.certmgr.key_file()).permissions(), perms::owner_read);
  EXPECT_EQ(std::filesystem::status(world.certmgr.store_file()).permissions(),
            perms::owner_read | perms::owner_write);
  const std::string store_key = lab::read_file(world.certmgr.key_file()).substr(0, 64);
  EXPECT_EQ(lab::read_file(world.certmgr.store_file()).find(store_key), std::string::npos);
}

}  // namespace
}  // namespace certmgr::e2e
