// SPDX-License-Identifier: MIT
#include "platform/child_process.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

#include "integration/deploy/support.h"
#include "lab/process.h"
#include "platform/fd.h"

namespace certmgr::platform {
namespace {

using deploy::testing::write_script;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::EndsWith;
using ::testing::HasSubstr;

class ChildProcess : public ::testing::Test {
 protected:
  lab::TempDir dir;

  ChildResult run(const std::string& script, Duration limit = seconds(20)) {
    const auto path = dir / "script";
    write_script(path, script);
    ChildCommand command;
    command.program = path;
    command.environment = {"PATH=/usr/bin:/bin"};
    command.limit = limit;
    command.grace = milliseconds(100);
    return run_child(command);
  }
};

/// Gone, or dead and only waiting for init to notice.
bool has_ended(pid_t pid) {
  std::error_code error;
  const auto stat_file = "/proc/" + std::to_string(pid) + "/stat";
  if (!std::filesystem::exists(stat_file, error)) return true;
  try {
    return lab::read_file(stat_file).find(") Z ") != std::string::npos;
  } catch (const std::runtime_error&) {
    return true;  // between the two looks
  }
}

TEST_F(ChildProcess, ReadsItsInputAndNoMore) {
  const auto path = dir / "script";
  write_script(path, "cat | wc -c");
  ChildCommand command;
  command.program = path;
  command.environment = {"PATH=/usr/bin:/bin"};
  command.input = std::string(3'000'000, 'i');
  EXPECT_EQ(run_child(command).output, "3000000\n");
  command.input.clear();
  EXPECT_EQ(run_child(command).output, "0\n");
}

TEST_F(ChildProcess, ReportsTheExitStatusAndBothOutputsInTheirOrder) {
  const auto result = run("echo one; echo two >&2; echo three; exit 75");
  EXPECT_EQ(result.end, ChildEnd::exited);
  EXPECT_EQ(result.exit_code, 75);
  EXPECT_EQ(result.output, "one\ntwo\nthree\n");
}

TEST_F(ChildProcess, TellsAnEndBySignalFromAnExit) {
  const auto result = run("kill -SEGV $$");
  EXPECT_EQ(result.end, ChildEnd::signalled);
  EXPECT_EQ(signal_name(result.signal), "SIGSEGV");
  EXPECT_EQ(signal_name(SIGRTMIN + 2), "signal " + std::to_string(SIGRTMIN + 2));
}

TEST_F(ChildProcess, KeepsTheEndOfTenMegabytes) {
  const auto result = run("head -c 10000000 /dev/zero | tr '\\0' x; echo the end");
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.output.size(), 64U * 1024);
  EXPECT_THAT(result.output, EndsWith("xxxthe end\n"));
}

TEST_F(ChildProcess, GivesNothingToReadAndTheRootFolder) {
  EXPECT_EQ(run("cat; pwd; cut -d' ' -f5 /proc/$$/stat | grep -qx $$ && echo own group").output,
            "/\nown group\n");
}

TEST_F(ChildProcess, LeavesWhatItStartedAliveWhenItEndsByItself) {
  const auto result = run("sleep 600 >/dev/null 2>&1 & echo $!");
  const pid_t grandchild = std::stoi(result.output);
  EXPECT_FALSE(has_ended(grandchild));
  ::kill(grandchild, SIGKILL);
}

TEST_F(ChildProcess, MayEndItsOwnGroup) {
  const auto result = run("trap 'exit 3' TERM; kill -TERM 0; sleep 600");
  EXPECT_EQ(result.end, ChildEnd::exited);
  EXPECT_EQ(result.exit_code, 3);
}

TEST_F(ChildProcess, InheritsNoDescriptorEvenOfThoseOpenedWithoutCare) {
  const Fd careless(::open("/dev/null", O_RDONLY));  // no O_CLOEXEC
  ASSERT_TRUE(careless);
  // 10 is the script itself, opened by the shell.
  EXPECT_EQ(run("ls /proc/$$/fd").output, "0\n1\n10\n2\n");
}

TEST_F(ChildProcess, StartsWithNoSignalBlockedOrIgnored) {
  std::thread([&] {
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
    const auto was = ::signal(SIGPIPE, SIG_IGN);
    const auto result = run("sed -n 's/^Sig\\(Blk\\|Ign\\):.//p' /proc/self/status");
    ::signal(SIGPIPE, was);
    const auto blocked = std::stoull(result.output, nullptr, 16);
    const auto ignored = std::stoull(result.output.substr(result.output.find('\n')), nullptr, 16);
    EXPECT_EQ(blocked, 0U);
    // 32 and 33 belong to the C library, which has them ignored over a spawn.
    EXPECT_EQ(ignored & 0x7fffffffU, 0U);
  }).join();
}

TEST_F(ChildProcess, EndsOneThatHangsTogetherWithWhatItStarted) {
  const auto result = run("sleep 600 & echo $!; wait", milliseconds(300));
  EXPECT_EQ(result.end, ChildEnd::timed_out);
  const pid_t grandchild = std::stoi(result.output);
  EXPECT_TRUE(lab::wait_until([&] { return has_ended(grandchild); }));
}

TEST_F(ChildProcess, KillsOneThatDoesNotListen) {
  const auto result =
      run("trap 'echo asked to stop' TERM; echo $$; while :; do sleep 0.01; done", milliseconds(300));
  EXPECT_EQ(result.end, ChildEnd::timed_out);
  EXPECT_THAT(result.output, HasSubstr("asked to stop")) << "it was asked first";
  EXPECT_TRUE(has_ended(std::stoi(result.output)));
}

TEST_F(ChildProcess, TheLimitHoldsForOneThatNeverStopsPrinting) {
  const auto result = run("exec yes", milliseconds(300));
  EXPECT_EQ(result.end, ChildEnd::timed_out);
  EXPECT_EQ(result.output.size(), 64U * 1024);
}

TEST_F(ChildProcess, CanTellTheAnswerFromTheRest) {
  const auto path = dir / "script";
  write_script(path, "echo answer; echo remark >&2; head -c 300000 /dev/zero | tr '\\0' x >&2; echo end");
  ChildCommand command;
  command.program = path;
  command.environment = {"PATH=/usr/bin:/bin"};
  command.answer_apart = true;
  command.keep_output = 1024;
  const auto result = run_child(command);
  EXPECT_EQ(result.answer, "answer\nend\n");
  EXPECT_EQ(result.output, std::string(1024, 'x'));
  command.answer_apart = false;
  EXPECT_EQ(run_child(command).answer, "");
}

TEST_F(ChildProcess, DoesNotWaitForAGrandchildThatHoldsTheOutput) {
  const auto result = run("sleep 600 & echo $!; exit 3", seconds(60));
  EXPECT_EQ(result.end, ChildEnd::exited);
  EXPECT_EQ(result.exit_code, 3);
  const pid_t grandchild = std::stoi(result.output);
  EXPECT_FALSE(has_ended(grandchild)) << "what a hook starts for good is left alone";
  ::kill(grandchild, SIGKILL);
}

TEST_F(ChildProcess, DoesNotWaitForAGrandchildThatGoesOnPrinting) {
  const auto result = run("yes & echo $! >" + (dir / "pid").string() + "; exit 3", seconds(60));
  EXPECT_EQ(result.end, ChildEnd::exited);
  EXPECT_EQ(result.exit_code, 3);
  const pid_t grandchild = std::stoi(lab::read_file(dir / "pid"));
  EXPECT_TRUE(lab::wait_until([&] { return has_ended(grandchild); })) << "its output has no reader any more";
}

TEST_F(ChildProcess, OneThatClosesItsOutputIsWaitedForAllTheSame) {
  const auto result = run("exec >&- 2>&-; sleep 0.2; exit 5");
  EXPECT_EQ(result.exit_code, 5);
}

TEST_F(ChildProcess, SaysWhyAProgramCannotBeStarted) {
  const auto start = [](const std::string& path) { return run_child({.program = path}); };
  auto result = start(dir / "missing");
  EXPECT_EQ(result.end, ChildEnd::not_started);
  EXPECT_EQ(result.error, ENOENT);
  EXPECT_THAT(result.why, HasSubstr("No such file"));

  const auto path = dir / "program";
  lab::write_file(path, "#!/no/such/interpreter\n");
  result = start(path);
  EXPECT_EQ(result.error, EACCES);
  EXPECT_THAT(result.why, HasSubstr("not executable"));

  std::filesystem::permissions(path, std::filesystem::perms(0755));
  result = start(path);
  EXPECT_EQ(result.error, ENOENT);
  EXPECT_THAT(result.why, HasSubstr("interpreter"));

  lab::write_file(path, "echo no first line\n");
  result = start(path);
  EXPECT_EQ(result.error, ENOEXEC);
  EXPECT_THAT(result.why, HasSubstr("#!"));
}

TEST_F(ChildProcess, ManyAtATimeDoNotMixTheirOutputs) {
  write_script(dir / "script", "echo $1; sleep 0.1; exit $1");
  std::vector<ChildResult> results(16);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < results.size(); ++i)
    threads.emplace_back([&, i] {
      results[i] = run_child({.program = dir / "script",
                              .arguments = {std::to_string(i)},
                              .environment = {"PATH=/usr/bin:/bin"}});
    });
  for (auto& thread : threads) thread.join();
  for (std::size_t i = 0; i < results.size(); ++i) {
    EXPECT_EQ(results[i].output, std::to_string(i) + "\n");
    EXPECT_EQ(results[i].exit_code, static_cast<int>(i));
  }
}

TEST_F(ChildProcess, LeavesNoDescriptorBehind) {
  const auto count = [] { return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}); };
  run("exit 0");
  const auto before = count();
  run("exit 1");
  run("sleep 600", milliseconds(50));
  run_child({.program = dir / "missing"});
  EXPECT_EQ(count(), before);
}

}  // namespace
}  // namespace certmgr::platform
