// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "adapters/deploy/disk_file_placer.h"
#include "integration/deploy/support.h"

namespace certmgr::deploy::testing {
namespace {

using lab::read_file;
using lab::write_file;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Placer : public ::testing::Test {
 protected:
  const lab::Authority authority;
  const Material first = material_of(authority.issue({"pbx.example.com"}));
  const Material second = material_of(authority.issue({"pbx.example.com"}));
  lab::TempDir dir;
  Server server = server_in(dir.path());
  DiskFilePlacer placer;

  void place(const Material& material) {
    const auto placed = placer.place(server, material);
    ASSERT_TRUE(placed) << placed.error().message();
  }
  void settle(const Material& material) {
    place(material);
    ASSERT_TRUE(placer.drop_backups(server));
  }
  bool holds(const Material& material) { return placer.holds(server, material).value(); }
  void write_all_old(const std::string& text) {
    for (const auto& path : {server.files.key, server.files.fullchain}) write_file(path, text);
  }
};

TEST_F(Placer, WritesEveryKindOfFileWithTheContentItsNameStandsFor) {
  server.files.cert = dir / "cert.pem";
  server.files.chain = dir / "chain.pem";
  server.files.combined = dir / "combined.pem";
  place(first);
  EXPECT_EQ(read_file(server.files.key), first.key_pem);
  EXPECT_EQ(read_file(server.files.cert), first.leaf_pem);
  EXPECT_EQ(read_file(server.files.chain), first.chain_pem);
  EXPECT_EQ(read_file(server.files.fullchain), first.leaf_pem + first.chain_pem);
  EXPECT_EQ(read_file(server.files.combined), first.key_pem + first.leaf_pem + first.chain_pem);
}

TEST_F(Placer, EndsEachPemBlockWithALineBreakBeforeTheNext) {
  Material cut = first;
  cut.leaf_pem.pop_back();
  place(cut);
  EXPECT_EQ(read_file(server.files.fullchain), first.leaf_pem + first.chain_pem);
}

TEST_F(Placer, GivesNewFilesModesThatKeepTheKeyToOurselves) {
  server.files.combined = dir / "combined.pem";
  const auto mask = ::umask(0);
  place(first);
  ::umask(mask);
  EXPECT_EQ(mode_of(server.files.key), "0600");
  EXPECT_EQ(mode_of(server.files.combined), "0600");
  EXPECT_EQ(mode_of(server.files.fullchain), "0644");
}

TEST_F(Placer, TakesTheModeOfTheReplacedFileButNeverOpensAKeyToOthers) {
  write_all_old("old");
  ::chmod(server.files.key.c_str(), 0644);
  ::chmod(server.files.fullchain.c_str(), 0664);
  place(first);
  EXPECT_EQ(mode_of(server.files.key), "0640");
  EXPECT_EQ(mode_of(server.files.fullchain), "0664");
}

TEST_F(Placer, TakesOwnerAndGroupOfTheReplacedFile) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  write_all_old("old");
  ASSERT_EQ(::chown(server.files.key.c_str(), 12, 34), 0);
  place(first);
  struct stat status {};
  ASSERT_EQ(::stat(server.files.key.c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, 12U);
  EXPECT_EQ(status.st_gid, 34U);
}

TEST_F(Placer, TheServersOwnerGroupAndModeGoBeforeThoseOfTheReplacedFile) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  write_all_old("old");
  server.owner = "daemon";
  server.group = "mail";
  server.mode = 0640;
  place(first);
  for (const auto& path : {server.files.key, server.files.fullchain}) {
    struct stat status {};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_uid, 1U);
    EXPECT_EQ(status.st_gid, 8U);
    EXPECT_EQ(mode_of(path), "0640");
  }
}

TEST_F(Placer, KeepsTheAccessListOfTheReplacedKey) {
  // user::rw-, user:12:r--, group::---, mask::r--, other::---
  const std::string list(
      "\x02\0\0\0\x01\0\x06\0\xff\xff\xff\xff\x02\0\x04\0\x0c\0\0\0\x04\0\0\0\xff\xff\xff\xff"
      "\x10\0\x04\0\xff\xff\xff\xff\x20\0\0\0\xff\xff\xff\xff",
      44);
  write_all_old("old");
  if (::setxattr(server.files.key.c_str(), "system.posix_acl_access", list.data(), list.size(), 0) != 0)
    GTEST_SKIP() << "this filesystem has no access lists";
  place(first);
  std::string present(256, '\0');
  const auto size =
      ::getxattr(server.files.key.c_str(), "system.posix_acl_access", present.data(), present.size());
  ASSERT_GT(size, 0);
  present.resize(static_cast<std::size_t>(size));
  EXPECT_EQ(present, list);
}

TEST_F(Placer, HoldsOnlyWhenContentModeAndKindOfFileAreRight) {
  EXPECT_FALSE(holds(first));
  settle(first);
  EXPECT_TRUE(holds(first));
  EXPECT_FALSE(holds(second));

  write_file(server.files.key, first.key_pem + " ");
  EXPECT_FALSE(holds(first));
  write_file(server.files.key, first.key_pem);
  EXPECT_TRUE(holds(first));

  ::chmod(server.files.key.c_str(), 0604);
  EXPECT_FALSE(holds(first)) << "open to others";
  ::chmod(server.files.key.c_str(), 0600);
  server.mode = 0640;
  EXPECT_FALSE(holds(first)) << "another mode is wanted";
  server.mode.reset();

  std::filesystem::rename(server.files.key, dir / "elsewhere");
  std::filesystem::create_symlink(dir / "elsewhere", server.files.key);
  EXPECT_FALSE(holds(first)) << "a link would be replaced by a file";
}

TEST_F(Placer, DoesNotHoldWhatBelongsToAnotherOwnerThanTheServers) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  settle(first);
  server.owner = "daemon";
  EXPECT_FALSE(holds(first));
  settle(first);
  EXPECT_TRUE(holds(first));
}

TEST_F(Placer, RestoreBringsBackContentModeAndInodeOfTheOldFiles) {
  write_all_old("old");
  ::chmod(server.files.key.c_str(), 0640);
  struct stat before {};
  ASSERT_EQ(::stat(server.files.key.c_str(), &before), 0);
  place(first);
  ASSERT_TRUE(placer.restore(server));
  struct stat after {};
  ASSERT_EQ(::stat(server.files.key.c_str(), &after), 0);
  EXPECT_EQ(after.st_ino, before.st_ino);
  EXPECT_EQ(read_file(server.files.key), "old");
  EXPECT_EQ(read_file(server.files.fullchain), "old");
  EXPECT_EQ(mode_of(server.files.key), "0640");
  EXPECT_THAT(leftovers(dir.path()), IsEmpty());
}

TEST_F(Placer, RestoreRemovesFilesThatDidNotExistBefore) {
  write_file(server.files.fullchain, "old");
  place(first);
  ASSERT_TRUE(placer.restore(server));
  EXPECT_FALSE(std::filesystem::exists(server.files.key));
  EXPECT_EQ(read_file(server.files.fullchain), "old");
  EXPECT_THAT(leftovers(dir.path()), IsEmpty());
}

TEST_F(Placer, RestoreWithoutAnythingKeptChangesNothing) {
  settle(first);
  ASSERT_TRUE(placer.restore(server));
  EXPECT_TRUE(holds(first));
}

TEST_F(Placer, PlacingTwiceKeepsTheFilesFromBeforeTheFirstTime) {
  settle(first);
  place(second);
  place(second);
  ASSERT_TRUE(placer.restore(server));
  EXPECT_TRUE(holds(first));
}

TEST_F(Placer, KeptFilesOfAnEarlierDeploymentThatWereHalfDroppedAreNotMixedIn) {
  settle(first);
  place(second);
  std::filesystem::remove(dir / ".key.pem.certmgr-old");  // as after a kill while dropping
  const Material third = material_of(authority.issue({"pbx.example.com"}));
  place(third);
  ASSERT_TRUE(placer.restore(server));
  EXPECT_TRUE(holds(second));
}

TEST_F(Placer, DropBackupsLeavesNothingButTheNewFiles) {
  settle(first);
  place(second);
  EXPECT_THAT(leftovers(dir.path()), ::testing::SizeIs(2));
  ASSERT_TRUE(placer.drop_backups(server));
  EXPECT_THAT(leftovers(dir.path()), IsEmpty());
  EXPECT_TRUE(holds(second));
}

TEST_F(Placer, ReplacesALinkItselfAndNeverWritesThroughIt) {
  write_file(dir / "shared.pem", "belongs to somebody else");
  std::filesystem::create_symlink(dir / "shared.pem", server.files.key);
  place(first);
  EXPECT_FALSE(std::filesystem::is_symlink(server.files.key));
  EXPECT_EQ(read_file(dir / "shared.pem"), "belongs to somebody else");
  ASSERT_TRUE(placer.restore(server));
  EXPECT_EQ(std::filesystem::read_symlink(server.files.key), dir / "shared.pem");
}

TEST_F(Placer, ReplacesALinkToNothing) {
  std::filesystem::create_symlink(dir / "nothing", server.files.key);
  place(first);
  EXPECT_EQ(read_file(server.files.key), first.key_pem);
  EXPECT_EQ(mode_of(server.files.key), "0600");
}

TEST_F(Placer, DoesNotFollowALinkPlantedUnderItsTemporaryName) {
  write_file(dir / "victim", "precious");
  std::filesystem::create_symlink(dir / "victim", dir / ".key.pem.certmgr-new");
  place(first);
  EXPECT_EQ(read_file(dir / "victim"), "precious");
  EXPECT_EQ(read_file(server.files.key), first.key_pem);
}

TEST_F(Placer, WritesIntoSeveralFolders) {
  std::filesystem::create_directory(dir / "private");
  server.files.key = dir / "private" / "key.pem";
  write_all_old("old");
  place(first);
  EXPECT_TRUE(holds(first));
  ASSERT_TRUE(placer.restore(server));
  EXPECT_EQ(read_file(server.files.key), "old");
  EXPECT_THAT(leftovers(dir / "private"), IsEmpty());
}

TEST_F(Placer, RefusesAKeyThatDoesNotBelongToTheCertificate) {
  write_all_old("old");
  Material mixed = first;
  mixed.key_pem = second.key_pem;
  const auto placed = placer.place(server, mixed);
  ASSERT_FALSE(placed);
  EXPECT_EQ(placed.error().code, "key_mismatch");
  EXPECT_THAT(placed.error().what, HasSubstr("pbx1"));
  EXPECT_THAT(placed.error().why, HasSubstr("pbx.example.com"));
  EXPECT_EQ(read_file(server.files.key), "old");
}

}  // namespace
}  // namespace certmgr::deploy::testing
