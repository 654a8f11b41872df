// SPDX-License-Identifier: MIT
#include "adapters/token/own_process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <stdexcept>

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

}  // namespace
}  // namespace certmgr::token
