// SPDX-License-Identifier: MIT
// Kills the process before every single system call by which place, restore and drop_backups change
// something, and looks at what the next process makes of it.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <functional>
#include <stdexcept>

#include "adapters/deploy/disk_file_placer.h"
#include "integration/deploy/support.h"

namespace certmgr::deploy::testing {
namespace {

using lab::read_file;
using lab::write_file;

/// In memory where there is such a folder: hundreds of changes are made, each of them synced.
class MemoryDir {
 public:
  MemoryDir() {
    std::string pattern =
        (::access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm" : "/tmp") + std::string("/certmgr-test-XXXXXX");
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot create " + pattern);
    path_ = pattern;
  }
  ~MemoryDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  MemoryDir(const MemoryDir&) = delete;
  MemoryDir& operator=(const MemoryDir&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const char* name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

enum class Ended { killed, finished, untraceable };

/// Is this process about to change something on the disk?
bool about_to_change(pid_t pid) {
  __ptrace_syscall_info info{};
  if (::ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info) <= 0) return true;
  if (info.op != PTRACE_SYSCALL_INFO_ENTRY) return false;
  switch (info.entry.nr) {
    case SYS_openat:
    case SYS_write:
    case SYS_fchown:
    case SYS_fchmod:
    case SYS_fsetxattr:
    case SYS_linkat:
    case SYS_renameat:
    case SYS_unlinkat:
      return true;
    default:
      return false;
  }
}

/// Runs `body` in a child that stops at each of its system calls; -1 where that is not permitted.
pid_t start_traced(const std::function<void()>& body) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) ::_exit(1);
    ::raise(SIGSTOP);
    body();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (!WIFSTOPPED(status)) return -1;
  ::ptrace(PTRACE_SETOPTIONS, pid, nullptr, PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD);
  return pid;
}

/// To the next stop; false when the child has ended.
bool go_on(pid_t pid) {
  int status = 0;
  ::ptrace(PTRACE_SYSCALL, pid, nullptr, nullptr);
  ::waitpid(pid, &status, 0);
  return !WIFEXITED(status);
}

/// Kills `body` before the `change`-th of its changes.
Ended run_and_kill(const std::function<void()>& body, int change) {
  const pid_t pid = start_traced(body);
  if (pid < 0) return Ended::untraceable;
  for (int seen = 0; seen < change; seen += about_to_change(pid) ? 1 : 0) {
    if (!go_on(pid)) return Ended::finished;
  }
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
  return Ended::killed;
}

/// The writes (w), syncs (s) and renames (r) of `body`; empty where they cannot be seen.
std::string order_of_changes(const std::function<void()>& body) {
  const pid_t pid = start_traced(body);
  std::string order;
  while (pid >= 0 && go_on(pid)) {
    __ptrace_syscall_info info{};
    if (::ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info) <= 0) continue;
    if (info.op != PTRACE_SYSCALL_INFO_ENTRY) continue;
    if (info.entry.nr == SYS_write) order += 'w';
    if (info.entry.nr == SYS_fsync) order += 's';
    if (info.entry.nr == SYS_renameat) order += 'r';
  }
  return order;
}

class Killed : public ::testing::Test {
 protected:
  const lab::Authority authority;
  const Material old = material_of(authority.issue({"pbx.example.com"}));
  const Material fresh = material_of(authority.issue({"pbx.example.com"}));
  const Material later = material_of(authority.issue({"pbx.example.com"}));
  MemoryDir dir;
  Server server = server_in(dir.path());
  DiskFilePlacer placer;

  /// An old key and chain, no combined file.
  void start_over() {
    for (const auto& entry : std::filesystem::directory_iterator(dir.path()))
      std::filesystem::remove(entry.path());
    write_file(server.files.key, old.key_pem);
    std::filesystem::permissions(server.files.key, std::filesystem::perms(0600));
    write_file(server.files.fullchain, old.leaf_pem + old.chain_pem);
    server.files.combined = dir / "combined.pem";
  }

  [[nodiscard]] bool all_old() const {
    return read_file(server.files.key) == old.key_pem &&
           read_file(server.files.fullchain) == old.leaf_pem + old.chain_pem &&
           !std::filesystem::exists(server.files.combined) && leftovers(dir.path()).empty();
  }
  bool all(const Material& material) { return placer.holds(server, material).value(); }

  /// A reader sees the old or the new file whole, never a part, never without its protection.
  void expect_whole_files() const {
    const auto key = read_file(server.files.key);
    EXPECT_TRUE(key == old.key_pem || key == fresh.key_pem);
    // Also while it is empty: one that is open for reading then would see what is written later.
    const auto coming = mode_of(dir / ".key.pem.certmgr-new");
    EXPECT_TRUE(coming == "0600" || coming == "none") << coming;
    const auto chain = read_file(server.files.fullchain);
    EXPECT_TRUE(chain == old.leaf_pem + old.chain_pem || chain == fresh.leaf_pem + fresh.chain_pem);
    for (const auto& entry : std::filesystem::directory_iterator(dir.path())) {
      const auto content = entry.is_regular_file() ? read_file(entry.path()) : "";
      const bool new_secret = content.find("PRIVATE KEY") != std::string::npos && content != old.key_pem;
      EXPECT_TRUE(!new_secret || mode_of(entry.path()) == "0600") << entry.path();
    }
  }

  /// `prepare`, then `body` killed at every moment in turn, each time followed by `judge`.
  void at_every_moment(const std::function<void()>& prepare, const std::function<void()>& body,
                       const std::function<void()>& judge) {
    constexpr int kMostChanges = 500;
    for (int change = 1; change < kMostChanges; ++change) {
      SCOPED_TRACE("killed before change " + std::to_string(change));
      prepare();
      const auto ended = run_and_kill(body, change);
      if (ended == Ended::untraceable) GTEST_SKIP() << "skip: ptrace is not permitted here";
      judge();
      if (HasFailure()) return;
      if (ended == Ended::finished) {
        EXPECT_GT(change, 10) << "hardly anything was tried";
        return;
      }
    }
    ADD_FAILURE() << "it never came to its end";
  }
};

TEST_F(Killed, ByALossOfPowerNoFileCanBeFoundEmptyForItIsSyncedBeforeItsRename) {
  start_over();
  const auto order = order_of_changes([&] { static_cast<void>(placer.place(server, fresh)); });
  if (order.empty()) GTEST_SKIP() << "skip: ptrace is not permitted here";
  // Three files, each written and synced; their folder with what is kept in them; the renames; and
  // the folder again.
  EXPECT_EQ(order, "wswswssrrrs");
}

TEST_F(Killed, WhilePlacingRestoreBringsTheOldFilesBack) {
  at_every_moment([&] { start_over(); }, [&] { static_cast<void>(placer.place(server, fresh)); },
                  [&] {
                    expect_whole_files();
                    EXPECT_TRUE(placer.restore(server));
                    EXPECT_TRUE(all_old());
                  });
}

TEST_F(Killed, WhilePlacingTheNextAttemptCompletesAndCanStillBeUndone) {
  at_every_moment([&] { start_over(); }, [&] { static_cast<void>(placer.place(server, fresh)); },
                  [&] {
                    EXPECT_TRUE(placer.place(server, fresh));
                    EXPECT_TRUE(all(fresh));
                    EXPECT_TRUE(placer.restore(server));
                    EXPECT_TRUE(all_old());
                  });
}

TEST_F(Killed, WhilePlacingNothingIsLeftOnceTheNextAttemptIsSettled) {
  at_every_moment([&] { start_over(); }, [&] { static_cast<void>(placer.place(server, fresh)); },
                  [&] {
                    EXPECT_TRUE(placer.place(server, fresh));
                    EXPECT_TRUE(placer.drop_backups(server));
                    EXPECT_TRUE(all(fresh));
                    EXPECT_EQ(leftovers(dir.path()).size(), 0U);
                  });
}

TEST_F(Killed, WhilePlacingWithoutHardLinksAHalfMadeCopyNeverPassesForTheOldFile) {
  at_every_moment([&] { start_over(); },
                  [&] {
                    forbid(SYS_linkat, EPERM);
                    static_cast<void>(placer.place(server, fresh));
                  },
                  [&] {
                    EXPECT_TRUE(placer.place(server, fresh));
                    EXPECT_TRUE(placer.restore(server));
                    EXPECT_TRUE(all_old());
                  });
}

TEST_F(Killed, WhileRestoringTheNextRestoreCompletes) {
  at_every_moment(
      [&] {
        start_over();
        ASSERT_TRUE(placer.place(server, fresh));
      },
      [&] { static_cast<void>(placer.restore(server)); },
      [&] {
        expect_whole_files();
        EXPECT_TRUE(placer.restore(server));
        EXPECT_TRUE(all_old());
      });
}

TEST_F(Killed, WhileDroppingTheNextDeploymentDoesNotMixGenerations) {
  const auto place_and = [&] {
    start_over();
    ASSERT_TRUE(placer.place(server, fresh));
  };
  at_every_moment(
      place_and, [&] { static_cast<void>(placer.drop_backups(server)); },
      [&] {
        const bool untouched = leftovers(dir.path()).size() == 3;
        EXPECT_TRUE(all(fresh));
        EXPECT_TRUE(placer.place(server, later));
        EXPECT_TRUE(placer.restore(server));
        // Where the kill came first, the files of before are still the ones kept.
        EXPECT_TRUE(untouched ? all_old() : all(fresh));
        EXPECT_EQ(leftovers(dir.path()).size(), 0U);
      });
}

}  // namespace
}  // namespace certmgr::deploy::testing
