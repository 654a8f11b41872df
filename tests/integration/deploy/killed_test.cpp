// SPDX-License-Identifier: MIT
// Kills the process before and after every single system call of place, restore and drop_backups, and
// looks at what the next process makes of it.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "adapters/deploy/disk_file_placer.h"
#include "integration/deploy/support.h"

namespace certmgr::deploy::testing {
namespace {

using lab::read_file;
using lab::write_file;

enum class Ended { killed, finished, untraceable };

/// Runs `body` in a child and kills it at its `stop`-th entry into or return from a system call.
Ended run_and_kill(const std::function<void()>& body, int stop) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) ::_exit(1);
    ::raise(SIGSTOP);
    body();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (!WIFSTOPPED(status)) return Ended::untraceable;
  ::ptrace(PTRACE_SETOPTIONS, pid, nullptr, PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD);
  for (int seen = 0; seen < stop; ++seen) {
    ::ptrace(PTRACE_SYSCALL, pid, nullptr, nullptr);
    ::waitpid(pid, &status, 0);
    if (WIFEXITED(status)) return Ended::finished;
  }
  ::kill(pid, SIGKILL);
  ::waitpid(pid, &status, 0);
  return Ended::killed;
}

class Killed : public ::testing::Test {
 protected:
  const lab::Authority authority;
  const Material old = material_of(authority.issue({"pbx.example.com"}));
  const Material fresh = material_of(authority.issue({"pbx.example.com"}));
  const Material later = material_of(authority.issue({"pbx.example.com"}));
  lab::TempDir dir;
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
    constexpr int kMostStops = 2000;
    for (int stop = 1; stop < kMostStops; ++stop) {
      SCOPED_TRACE("killed at stop " + std::to_string(stop));
      prepare();
      const auto ended = run_and_kill(body, stop);
      if (ended == Ended::untraceable) GTEST_SKIP() << "skip: ptrace is not permitted here";
      judge();
      if (HasFailure()) return;
      if (ended == Ended::finished) {
        EXPECT_GT(stop, 20) << "hardly anything was tried";
        return;
      }
    }
    ADD_FAILURE() << "it never came to its end";
  }
};

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
