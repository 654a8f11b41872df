// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "certmgr/domain/nearest.h"
#include "certmgr/domain/renewal.h"
#include "certmgr/domain/retry.h"

namespace certmgr {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;

TEST(Renewal, IsDueAfterTwoThirdsOfTheLife) {
  const Instant born{0ms};
  EXPECT_EQ(renewal_time(born, born + days(90)), born + days(60));
  EXPECT_EQ(renewal_time(born, born + days(45)), born + days(30));
  EXPECT_EQ(renewal_time(born, born + days(10)), born + Duration(days(10)) * 2 / 3);
}

TEST(Renewal, IsDueAfterHalfOfAShortLife) {
  const Instant born{0ms};
  EXPECT_EQ(renewal_time(born, born + days(6)), born + days(3));
  EXPECT_EQ(renewal_time(born, born + 160h), born + 80h);
}

TEST(Renewal, IsDueAtOnceForALifeThatIsNone) {
  const Instant born{1000ms};
  EXPECT_EQ(renewal_time(born, born), born);
  EXPECT_EQ(renewal_time(born, born - 1s), born);
}

TEST(Polling, BeginsFastAndSlowsDownToItsLimit) {
  const Patience patience{100ms, 5s, 1h};
  EXPECT_EQ(poll_delay(patience, 0), 100ms);
  EXPECT_EQ(poll_delay(patience, 1), 200ms);
  EXPECT_EQ(poll_delay(patience, 5), 3200ms);
  EXPECT_EQ(poll_delay(patience, 6), 5s);
  EXPECT_EQ(poll_delay(patience, 1000000), 5s);
}

TEST(Retrying, GrowsExponentiallyUpToADay) {
  EXPECT_EQ(retry_delay(1, 0.0), 500ms);
  EXPECT_EQ(retry_delay(2, 0.0), 1s);
  EXPECT_EQ(retry_delay(1000, 0.0), 12h);
  for (int attempts = 1; attempts < 40; ++attempts) {
    EXPECT_LE(retry_delay(attempts, 0.999), 24h);
    EXPECT_GE(retry_delay(attempts, 0.999), retry_delay(attempts, 0.0));
  }
}

TEST(Nearest, FindsATypingErrorAndNothingElse) {
  const std::vector<std::string> known{"nginx", "kamailio", "generic"};
  EXPECT_EQ(nearest("ngnix", known), "nginx");
  EXPECT_EQ(nearest("kamalio", known), "kamailio");
  EXPECT_EQ(nearest("nginx", known), "nginx");
  EXPECT_EQ(nearest("apache", known), std::nullopt);
  EXPECT_EQ(nearest("", known), std::nullopt);
  EXPECT_EQ(nearest(std::string(5000, 'x'), known), std::nullopt);
}

}  // namespace
}  // namespace certmgr
