// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

#include "adapters/deploy/disk_file_placer.h"
#include "integration/deploy/support.h"
#include "platform/fd.h"

namespace certmgr::deploy::testing {
namespace {

using lab::read_file;
using lab::write_file;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class PlacerTrouble : public ::testing::Test {
 protected:
  const Material material = material_of(lab::self_signed({"pbx.example.com"}));
  lab::TempDir dir;
  Server server = server_in(dir.path());
  DiskFilePlacer placer;

  void SetUp() override {
    write_file(server.files.key, "old key");
    write_file(server.files.fullchain, "old chain");
  }

  void expect_nothing_changed() {
    EXPECT_EQ(read_file(server.files.key), "old key");
    EXPECT_EQ(read_file(server.files.fullchain), "old chain");
    EXPECT_THAT(leftovers(dir.path()), IsEmpty());
  }

  /// Both the look beforehand and the attempt tell the same.
  Trouble refused() {
    const auto checked = placer.check_places(server);
    const auto placed = placer.place(server, material);
    EXPECT_FALSE(checked);
    EXPECT_FALSE(placed);
    if (checked || placed) return {};
    EXPECT_EQ(checked.error().code, placed.error().code);
    EXPECT_THAT(placed.error().what, HasSubstr("pbx1"));
    EXPECT_NE(placed.error().hint, "");
    return placed.error();
  }
};

TEST_F(PlacerTrouble, AMissingFolderIsNamed) {
  server.files.fullchain = dir / "missing/fullchain.pem";
  const auto trouble = refused();
  EXPECT_EQ(trouble.code, "folder_missing");
  EXPECT_THAT(trouble.why, HasSubstr((dir / "missing").string()));
  EXPECT_FALSE(placer.holds(server, material).value());
  EXPECT_EQ(read_file(server.files.key), "old key");
}

TEST_F(PlacerTrouble, AFileWhereTheFolderShouldBeIsNamed) {
  server.files.fullchain = server.files.key + "/fullchain.pem";
  EXPECT_EQ(refused().code, "not_a_folder");
}

TEST_F(PlacerTrouble, AFolderOrPipeInPlaceOfAFileIsRefused) {
  std::filesystem::remove(server.files.fullchain);
  std::filesystem::create_directory(server.files.fullchain);
  auto trouble = refused();
  EXPECT_EQ(trouble.code, "not_a_file");
  EXPECT_THAT(trouble.why, HasSubstr("is a folder"));

  std::filesystem::remove(server.files.fullchain);
  ASSERT_EQ(::mkfifo(server.files.fullchain.c_str(), 0600), 0);
  EXPECT_EQ(refused().code, "not_a_file");
  EXPECT_EQ(read_file(server.files.key), "old key");
}

TEST_F(PlacerTrouble, AnUnknownOwnerOrGroupIsNamed) {
  server.owner = "no-such-user";
  auto trouble = refused();
  EXPECT_EQ(trouble.code, "unknown_owner");
  EXPECT_THAT(trouble.why, HasSubstr("no-such-user"));
  server.owner.clear();
  server.group = "no-such-group";
  EXPECT_EQ(refused().code, "unknown_group");
  expect_nothing_changed();
}

TEST_F(PlacerTrouble, ANameTooLongForTheNamesBesideItIsNamed) {
  server.files.fullchain = dir / std::string(250, 'x');
  const auto placed = placer.place(server, material);
  ASSERT_FALSE(placed);
  EXPECT_EQ(placed.error().code, "name_too_long");
  EXPECT_EQ(read_file(server.files.key), "old key");
  EXPECT_THAT(leftovers(dir.path()), IsEmpty());
}

TEST_F(PlacerTrouble, AFolderWeMayNotWriteToIsNamed) {
  CERTMGR_EXPECT_CHILD(in_child([this]() -> std::string {
    ::chmod(dir.path().c_str(), 0755);
    ::chmod(server.files.key.c_str(), 0644);
    if (::geteuid() != 0) ::chmod(dir.path().c_str(), 0555);
    if (!drop_rights()) return "skip: cannot become another user";
    const auto checked = placer.check_places(server);
    const auto placed = placer.place(server, material);
    if (checked || placed) return "was allowed";
    if (checked.error().code != "not_writable") return checked.error().message();
    return placed.error().code == "not_writable" ? "" : placed.error().message();
  }));
  ::chmod(dir.path().c_str(), 0700);
  expect_nothing_changed();
}

TEST_F(PlacerTrouble, AnOwnerWeCannotGiveFilesToIsNamedBeforeAnythingIsTouched) {
  CERTMGR_EXPECT_CHILD(in_child([this]() -> std::string {
    ::chmod(dir.path().c_str(), 0777);
    ::chmod(server.files.key.c_str(), 0644);
    if (!drop_rights()) return "skip: cannot become another user";
    server.owner = "daemon";
    const auto checked = placer.check_places(server);
    const auto placed = placer.place(server, material);
    if (checked || placed) return "was allowed";
    if (checked.error().code != "cannot_chown") return checked.error().message();
    return placed.error().code == "cannot_chown" ? "" : placed.error().message();
  }));
  expect_nothing_changed();
}

TEST_F(PlacerTrouble, AFullDiskChangesNothingAndIsCalledByItsName) {
  CERTMGR_EXPECT_CHILD(in_child([this]() -> std::string {
    if (::unshare(CLONE_NEWNS) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("tmpfs", dir.path().c_str(), "tmpfs", 0, "size=64k,mode=0700") != 0)
      return "skip: cannot mount a small filesystem: " + platform::errno_text(errno);
    write_file(server.files.key, "old key");
    write_file(server.files.fullchain, "old chain");
    // One page is left: enough for the new key, not for the new chain.
    std::ofstream ballast(dir / "ballast", std::ios::binary);
    ballast << std::string(std::size_t{13} * 4096, 'x') << std::flush;
    if (!ballast) return "the ballast did not fit";
    ballast.close();
    const auto placed = placer.place(server, material);
    if (placed) return "there was room";
    if (placed.error().code != "disk_full") return placed.error().message();
    if (placed.error().kind != TroubleKind::transient) return "not called transient";
    if (read_file(server.files.key) != "old key") return "the key was changed";
    if (read_file(server.files.fullchain) != "old chain") return "the chain was changed";
    if (!leftovers(dir.path()).empty()) return "something was left: " + leftovers(dir.path()).front();
    std::filesystem::remove(dir / "ballast");
    return placer.place(server, material) ? "" : "does not work with room again";
  }));
}

TEST_F(PlacerTrouble, WithoutHardLinksTheOldFilesAreKeptAsCopies) {
  ::chmod(server.files.key.c_str(), 0640);
  std::filesystem::remove(server.files.fullchain);
  std::filesystem::create_symlink("elsewhere", server.files.fullchain);
  CERTMGR_EXPECT_CHILD(in_child([this]() -> std::string {
    if (!forbid(SYS_linkat, EPERM)) return "skip: no seccomp";
    if (auto placed = placer.place(server, material); !placed) return placed.error().message();
    if (!placer.holds(server, material).value()) return "the new files are not in place";
    if (auto back = placer.restore(server); !back) return back.error().message();
    return "";
  }));
  EXPECT_EQ(read_file(server.files.key), "old key");
  EXPECT_EQ(mode_of(server.files.key), "0640");
  EXPECT_EQ(std::filesystem::read_symlink(server.files.fullchain), "elsewhere");
  EXPECT_THAT(leftovers(dir.path()), IsEmpty());
}

TEST_F(PlacerTrouble, ARenameThatFailsHalfWayIsUndone) {
  CERTMGR_EXPECT_CHILD(in_child([this]() -> std::string {
    // The placer opens one folder per file, in this order: the key's gets the lowest free number.
    const auto first = static_cast<unsigned>(platform::Fd(::dup(0)).get());
    if (!forbid(SYS_renameat, EIO, first + 1)) return "skip: no seccomp";
    const auto placed = placer.place(server, material);
    if (placed) return "was allowed";
    return placed.error().code == "file_error" && placed.error().why.find("put back") == std::string::npos
               ? ""
               : placed.error().message();
  }));
  expect_nothing_changed();
}

TEST_F(PlacerTrouble, OldFilesThatCannotBePutBackAreSaidAndKept) {
  CERTMGR_EXPECT_CHILD(in_child([this]() -> std::string {
    if (auto placed = placer.place(server, material); !placed) return placed.error().message();
    if (!forbid(SYS_renameat, EIO)) return "skip: no seccomp";
    const auto back = placer.restore(server);
    return back ? "was allowed" : back.error().code == "file_error" ? "" : back.error().message();
  }));
  EXPECT_EQ(read_file(server.files.key), material.key_pem);
  ASSERT_TRUE(placer.restore(server));
  expect_nothing_changed();
}

}  // namespace
}  // namespace certmgr::deploy::testing
