// SPDX-License-Identifier: MIT
// What a certbot deploy hook finds in RENEWED_LINEAGE.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "adapters/deploy/disk_file_placer.h"
#include "adapters/deploy/hook_process.h"
#include "integration/deploy/support.h"

namespace certmgr::deploy::testing {
namespace {

using lab::read_file;
using ::testing::HasSubstr;

class Lineage : public ::testing::Test {
 protected:
  const lab::Authority authority;
  const Material material = material_of(authority.issue({"pbx.example.com"}));
  lab::TempDir dir;
  lab::TempDir state;
  Server server = server_in(dir.path());
  HookProcess runner{dir.path(), state.path()};
  DiskFilePlacer placer;
  const std::filesystem::path lineage = state / "lineage/pbx1";

  void SetUp() override {
    server.hook = dir / "hook";
    // The certbot way to use it: everything by RENEWED_LINEAGE, nothing by arguments.
    write_script(server.hook,
                 "cd \"$RENEWED_LINEAGE\" && for f in cert chain fullchain privkey; do\n"
                 "  test -r $f.pem && echo $f; done; exit 0\n");
  }
  std::string run(const std::string& phase = "reload") {
    HookCall call;
    call.phase = phase;
    call.server = &server;
    const auto result = runner.run(call);
    return result ? result->output : result.error().message();
  }
};

TEST_F(Lineage, HoldsAllFourFilesWhateverTheServerHas) {
  for (const bool combined : {false, true}) {
    server.files = {};
    if (combined) {
      server.files.combined = dir / "combined.pem";
    } else {
      server.files = server_in(dir.path()).files;
    }
    ASSERT_TRUE(placer.place(server, material));
    EXPECT_EQ(run(), "cert\nchain\nfullchain\nprivkey\n");
    EXPECT_EQ(read_file(lineage / "cert.pem"), material.leaf_pem);
    EXPECT_EQ(read_file(lineage / "chain.pem"), material.chain_pem);
    EXPECT_EQ(read_file(lineage / "fullchain.pem"), material.leaf_pem + material.chain_pem);
    EXPECT_THAT(read_file(lineage / "privkey.pem"), HasSubstr(material.key_pem));
  }
}

TEST_F(Lineage, LinksToTheServersOwnFilesAndNeverCopiesAKey) {
  ASSERT_TRUE(placer.place(server, material));
  run();
  EXPECT_EQ(std::filesystem::read_symlink(lineage / "privkey.pem"), server.files.key);
  EXPECT_EQ(std::filesystem::read_symlink(lineage / "fullchain.pem"), server.files.fullchain);
  EXPECT_EQ(mode_of(lineage), "0700");
  for (const auto& entry : std::filesystem::directory_iterator(lineage)) {
    EXPECT_TRUE(entry.is_symlink() || read_file(entry.path()).find("PRIVATE") == std::string::npos);
  }
}

TEST_F(Lineage, FollowsTheServersFilesWhenTheyChange) {
  ASSERT_TRUE(placer.place(server, material));
  run();
  const Material next = material_of(authority.issue({"pbx.example.com"}));
  ASSERT_TRUE(placer.place(server, next));
  server.files.key = dir / "other.pem";
  run();
  EXPECT_EQ(read_file(lineage / "cert.pem"), next.leaf_pem);
  EXPECT_EQ(std::filesystem::read_symlink(lineage / "privkey.pem"), server.files.key);
}

TEST_F(Lineage, IsMadeOfTheLeafAndTheChainWhereTheyAreApart) {
  server.files = {};
  server.files.key = dir / "key.pem";
  server.files.cert = dir / "cert.pem";
  server.files.chain = dir / "chain.pem";
  ASSERT_TRUE(placer.place(server, material));
  run();
  EXPECT_EQ(read_file(lineage / "fullchain.pem"), material.leaf_pem + material.chain_pem);
}

TEST_F(Lineage, LeavesOutWhatNoFileTellsYet) {
  EXPECT_EQ(run("check"), "");
  EXPECT_FALSE(std::filesystem::exists(lineage / "cert.pem"));
  EXPECT_TRUE(std::filesystem::is_symlink(lineage / "privkey.pem"));
}

TEST_F(Lineage, IsNotNeededToAskAHookWhatItDoes) {
  run("describe");
  EXPECT_FALSE(std::filesystem::exists(lineage));
}

TEST_F(Lineage, CannotBeLedOutOfItsFolderByAServersName) {
  server.name = "../../etc";
  EXPECT_THAT(run(), HasSubstr("server name"));
}

TEST_F(Lineage, AStateFolderThatIsMissingIsSaidSo) {
  runner = HookProcess(dir.path(), dir / "nowhere");
  HookCall call;
  call.phase = "reload";
  call.server = &server;
  const auto result = runner.run(call);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "lineage_failed");
  EXPECT_THAT(result.error().why, HasSubstr("nowhere"));
}

}  // namespace
}  // namespace certmgr::deploy::testing
