// SPDX-License-Identifier: MIT
#include "adapters/token/own_process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>

#include "lab/temp_dir.h"

namespace certmgr::token {
namespace {

constexpr std::chrono::seconds kLong(30);

TEST(OwnProcess, HandsOverWhatCameOut) {
  const Octets octets(200000, 0);  // more than a pipe holds
  int changed = 0;
  const auto outcome = in_own_process(
      [&]() -> Result<Octets> {
        changed = 1;
        return octets;
      },
      kLong);
  ASSERT_TRUE(outcome) << outcome.error().message();
  EXPECT_EQ(*outcome, octets);
  EXPECT_EQ(changed, 0) << "nothing of it happens here";
}

TEST(OwnProcess, HandsOverATrouble) {
  const Trouble trouble{.kind = TroubleKind::configuration,
                        .code = "token_module",
                        .what = "what",
                        .why = "",
                        .hint = "hint",
                        .detail = "detail"};
  const auto outcome = in_own_process([&]() -> Result<Octets> { return fail(trouble); }, kLong);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error(), trouble);
}

TEST(OwnProcess, TellsOfACrashAnEndAndAnException) {
  const auto why = [](const std::function<Result<Octets>()>& work) {
    const auto outcome = in_own_process(work, kLong);
    EXPECT_FALSE(outcome);
    EXPECT_EQ(outcome ? "" : outcome.error().code, "token_failed");
    return outcome ? "" : outcome.error().why;
  };
  EXPECT_NE(why([]() -> Result<Octets> {
              ::raise(SIGKILL);
              return Octets{};
            }).find("signal 9"),
            std::string::npos);
  EXPECT_NE(why([]() -> Result<Octets> { ::_exit(0); }).find("ended"), std::string::npos);
  EXPECT_EQ(why([]() -> Result<Octets> { throw std::runtime_error("a reason"); }), "a reason");
}

TEST(OwnProcess, OneThatHangsIsEnded) {
  pid_t child = 0;
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const auto outcome = in_own_process(
      [&]() -> Result<Octets> {
        const pid_t self = ::getpid();
        EXPECT_EQ(::write(ends[1], &self, sizeof(self)), static_cast<ssize_t>(sizeof(self)));
        while (true) ::pause();
      },
      std::chrono::milliseconds(300));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, "token_failed");
  ASSERT_EQ(::read(ends[0], &child, sizeof(child)), static_cast<ssize_t>(sizeof(child)));
  EXPECT_EQ(::kill(child, 0), -1) << "it is gone";
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(OwnProcess, ShowsItsMemoryToNobody) {
  const auto dumpable = in_own_process(
      [&]() -> Result<Octets> { return Octets{static_cast<std::uint8_t>(::prctl(PR_GET_DUMPABLE))}; }, kLong);
  ASSERT_TRUE(dumpable) << dumpable.error().message();
  EXPECT_EQ(dumpable->at(0), 0) << "neither in a core file nor to a debugger of the same user";
}

TEST(OwnProcess, LeavesNoCoreFileOfWhatItKnew) {
  const lab::TempDir folder;
  const auto crash = [&]() -> Result<Octets> {
    const rlimit any{RLIM_INFINITY, RLIM_INFINITY};
    if (::chdir(folder.path().c_str()) != 0 || ::setrlimit(RLIMIT_CORE, &any) != 0) ::_exit(1);
    ::signal(SIGSEGV, SIG_DFL);
    ::raise(SIGSEGV);
    return Octets{};
  };
  const auto cores = [&] {
    return std::distance(std::filesystem::directory_iterator(folder.path()),
                         std::filesystem::directory_iterator());
  };
  const pid_t unguarded = ::fork();
  if (unguarded == 0) static_cast<void>(crash());
  ASSERT_EQ(::waitpid(unguarded, nullptr, 0), unguarded);
  if (cores() == 0) GTEST_SKIP() << "this machine writes no core files into the working folder";
  for (const auto& core : std::filesystem::directory_iterator(folder.path())) std::filesystem::remove(core);
  const auto outcome = in_own_process(crash, kLong);
  ASSERT_FALSE(outcome);
  EXPECT_NE(outcome.error().why.find("signal 11"), std::string::npos) << outcome.error().why;
  EXPECT_EQ(cores(), 0);
}

}  // namespace
}  // namespace certmgr::token
