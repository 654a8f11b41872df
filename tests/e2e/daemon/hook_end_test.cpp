// SPDX-License-Identifier: MIT
// Hooks that run while their daemon ends: none lives on.
#include <gtest/gtest.h>

#include <csignal>
#include <sstream>

#include "e2e/world/world.h"
#include "lab/temp_dir.h"

namespace certmgr::e2e {
namespace {

using namespace std::chrono_literals;
using lab::wait_until;

/// A hook that does not listen to SIGTERM, nor does what it starts. Works once `works` is there.
class DeafHook {
 public:
  explicit DeafHook(const lab::TempDir& files)
      : works_(files / "works"), pids_(files / "pids"), path_(files / "hook") {
    write_hook(path_, "[ -e '" + works_.string() + "' ] && exit 0\ntrap '' TERM HUP INT\nsleep 600 &\n" +
                          "echo $$ $! > '" + pids_.string() + ".new'\nmv '" + pids_.string() + ".new' '" +
                          pids_.string() + "'\nwait\nsleep 600\n");
  }
  ~DeafHook() {
    for (const int pid : pids()) kill(pid, SIGKILL);
  }
  DeafHook(const DeafHook&) = delete;
  DeafHook& operator=(const DeafHook&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] bool started() const { return std::filesystem::exists(pids_); }
  void let_work() const { lab::write_file(works_, ""); }
  /// Of itself and of its child; one that nobody has waited for yet does not count.
  [[nodiscard]] bool lives() const {
    for (const int pid : pids()) {
      std::string stat;
      const auto file = std::filesystem::path("/proc") / std::to_string(pid) / "stat";
      if (std::filesystem::exists(file)) stat = lab::read_file(file);
      const auto state = stat.rfind(") ");
      if (state != std::string::npos && stat[state + 2] != 'Z' && stat[state + 2] != 'X') return true;
    }
    return false;
  }

 private:
  [[nodiscard]] std::vector<int> pids() const {
    std::vector<int> all;
    if (!started()) return all;
    std::istringstream text(lab::read_file(pids_));
    for (int pid = 0; text >> pid;) all.push_back(pid);
    return all;
  }
  std::filesystem::path works_;
  std::filesystem::path pids_;
  std::filesystem::path path_;
};

class AHookOfADaemonThatEnds : public ::testing::Test {
 protected:
  /// A daemon with a deployment whose hook hangs.
  void SetUp() override {
    world_.register_files("box", {"--hook", hook_.path().string()});
    ASSERT_EQ(world_.run({"issue", "a.example.com", "--server", "box", "--no-wait"}).exit_code, 4);
    daemon_.emplace(world_.certmgr.start({"daemon"}));
    ASSERT_TRUE(wait_until([&] { return hook_.started(); })) << daemon_->errors();
    ASSERT_TRUE(hook_.lives());
  }
  /// The next daemon goes on where this one was.
  void expect_deployed_by_the_next() {
    hook_.let_work();
    EXPECT_EQ(world_.run({"daemon", "--once"}).exit_code, 0);
    const auto listed = world_.run_json({"list"});
    EXPECT_EQ(listed["certificates"][0]["servers"][0]["state"], "verified") << listed.dump(2);
    EXPECT_TRUE(world_.leftovers().empty());
  }

  World world_;
  DeafHook hook_{world_.files};
  std::optional<lab::Process> daemon_;
};

TEST_F(AHookOfADaemonThatEnds, DoesNotOutliveASigtermThatItIgnores) {
  daemon_->signal(SIGTERM);
  EXPECT_EQ(daemon_->wait(20s), 0) << daemon_->errors();
  EXPECT_TRUE(wait_until([&] { return !hook_.lives(); }, 5s));
  EXPECT_NE(daemon_->errors().find("ends with 1 steps unfinished"), std::string::npos) << daemon_->errors();
  expect_deployed_by_the_next();
}

TEST_F(AHookOfADaemonThatEnds, DoesNotOutliveAKill9OfTheDaemon) {
  daemon_->signal(SIGKILL);
  EXPECT_EQ(daemon_->wait(10s), 128 + SIGKILL);
  EXPECT_TRUE(wait_until([&] { return !hook_.lives(); }, 5s));
  expect_deployed_by_the_next();
}

}  // namespace
}  // namespace certmgr::e2e
