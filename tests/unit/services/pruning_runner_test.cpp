// SPDX-License-Identifier: MIT
#include "certmgr/services/pruning_runner.h"

#include <gmock/gmock.h>

#include "alarm_fakes.h"

namespace certmgr {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

class Pruning : public ::testing::Test {
 protected:
  testing::SetClock clock_;
  testing::NotedAlarms alarms_;
  testing::SilentProgress progress_;
  PruningRunner runner_{alarms_, clock_, std::chrono::days(90)};
};

TEST_F(Pruning, RemovesWhatIsOverForLongerThanIsKept) {
  alarms_.pruned = {3, clock_.now() + 24h};
  const auto result = runner_.step(0, progress_);
  EXPECT_THAT(alarms_.notes,
              ElementsAre("pruned 200 from before " + to_rfc3339(clock_.now() - std::chrono::days(90))));
  EXPECT_FALSE(result.finished);
  EXPECT_EQ(result.wake_at, clock_.now() + 24h);
}

TEST_F(Pruning, EndsWhenNoPastAlarmIsLeft) {
  alarms_.pruned = {0, std::nullopt};
  EXPECT_TRUE(runner_.step(0, progress_).finished);
}

}  // namespace
}  // namespace certmgr
