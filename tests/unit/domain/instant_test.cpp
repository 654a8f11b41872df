// SPDX-License-Identifier: MIT
#include "certmgr/domain/instant.h"

#include <gtest/gtest.h>

namespace certmgr {
namespace {

using namespace std::chrono_literals;

TEST(Rfc3339, IsPrintedInWholeSecondsUtc) {
  EXPECT_EQ(to_rfc3339(Instant{1732435740999ms}), "2024-11-24T08:09:00Z");
  EXPECT_EQ(to_rfc3339(Instant{0ms}), "1970-01-01T00:00:00Z");
  EXPECT_EQ(to_rfc3339(Instant{-1ms}), "1969-12-31T23:59:59Z");
}

struct Written {
  const char* text;
  long long milliseconds;
};

TEST(Rfc3339, IsReadWithOffsetsAndFractions) {
  const Written table[] = {
      {"2024-11-24T08:09:00Z", 1732435740000},      {"2024-11-24t08:09:00z", 1732435740000},
      {"2024-11-24T10:09:00+02:00", 1732435740000}, {"2024-11-24T03:39:00-04:30", 1732435740000},
      {"2024-11-24T08:09:00.5Z", 1732435740500},    {"2024-11-24T08:09:00.123456789Z", 1732435740123},
      {"2024-02-29T00:00:00Z", 1709164800000},
  };
  for (const auto& row : table) {
    const auto at = parse_rfc3339(row.text);
    ASSERT_TRUE(at) << row.text;
    EXPECT_EQ(at->time_since_epoch().count(), row.milliseconds) << row.text;
  }
}

TEST(Rfc3339, RefusesWhatIsNoDateTime) {
  for (const char* text :
       {"", "2024-11-24", "2024-13-24T08:09:00Z", "2023-02-29T00:00:00Z", "2024-11-24T24:00:00Z",
        "2024-11-24T08:60:00Z", "2024-11-24T08:09:00", "2024-11-24T08:09:00.Z", "2024-11-24T08:09:00Zx",
        "2024-11-24 08:09:00Z", "2024-11-24T08:09:00+0200", "tomorrow"})
    EXPECT_FALSE(parse_rfc3339(text)) << text;
}

TEST(Humanize, ChoosesAUnitPeopleWouldUse) {
  EXPECT_EQ(humanize(350ms), "350 ms");
  EXPECT_EQ(humanize(12s), "12 s");
  EXPECT_EQ(humanize(4min), "4 min");
  EXPECT_EQ(humanize(3h), "3 h");
  EXPECT_EQ(humanize(1464h), "61 d");
  EXPECT_EQ(humanize(-5s), "0 ms");
}

}  // namespace
}  // namespace certmgr
