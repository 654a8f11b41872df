// SPDX-License-Identifier: MIT
#include "certmgr/services/health.h"

#include <gmock/gmock.h>

namespace certmgr {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

SchedulerHealth scheduler(bool running, bool stuck, const std::string& why = {}) {
  SchedulerHealth health;
  health.running = running;
  health.stuck = stuck;
  health.why = why;
  return health;
}

OverviewNumbers neglecting(int certificates) {
  OverviewNumbers numbers;
  numbers.neglected = certificates;
  if (certificates > 0) numbers.neglected_label = "pbx";
  return numbers;
}

TEST(Health, IsGoodWithoutASchedulerOfOurOwn) {
  EXPECT_THAT(health_findings({}, std::nullopt, {}), IsEmpty());
}

TEST(Health, IsNotHurtByWhatPasses) {
  auto paused = scheduler(true, false);
  paused.paused["ca:le"] = Instant();
  OverviewNumbers numbers;
  numbers.renewals["failing"] = 7;
  numbers.expired = 0;
  EXPECT_THAT(health_findings(numbers, paused, {}), IsEmpty());
}

TEST(Health, NamesEachReason) {
  EXPECT_THAT(health_findings({}, scheduler(false, false), {}), ElementsAre("the scheduler is not running"));
  EXPECT_THAT(health_findings({}, scheduler(true, true, "order 7 hangs"), {}),
              ElementsAre("the scheduler is stuck: order 7 hangs"));
  EXPECT_THAT(health_findings({}, scheduler(true, true), {}), ElementsAre("the scheduler is stuck"));
  auto full = scheduler(true, false);
  full.store_trouble = "cannot claim a task: the disk is full";
  EXPECT_THAT(health_findings({}, full, {}), ElementsAre("the store: cannot claim a task: the disk is full"));
  EXPECT_THAT(health_findings(neglecting(1), std::nullopt, {}),
              ElementsAre(HasSubstr("the certificate pbx is past")));
  EXPECT_THAT(health_findings(neglecting(3), scheduler(true, true), {}),
              ElementsAre(HasSubstr("stuck"), HasSubstr("3 certificates are (first to expire: pbx) past")));
}

}  // namespace
}  // namespace certmgr
