// SPDX-License-Identifier: MIT
#include "adapters/acme/directory_scout.h"

#include <gtest/gtest.h>

#include "integration/acme/acme_bench.h"
#include "lab/strict_ca/strict_ca.h"
#include "platform/system_clock.h"

namespace certmgr::acme {
namespace {

using namespace std::chrono_literals;

TEST(DirectoryScout, SeesNamesTermsAndClockWithOneRequest) {
  lab::StrictCa ca;
  ca.change([](lab::strict::Behaviour& behaviour) { behaviour.date_offset = -1h; });
  platform::SystemClock clock;
  DirectoryScout scout(
      [&] {
        return std::vector<CaSettings>{{"test", ca.directory_url(), ca.ca_file(), 5s, {}}};
      },
      clock);
  const auto seen = scout.look("test");
  ASSERT_TRUE(seen) << seen.error().message();
  EXPECT_EQ(seen->meta.caa_identities, std::vector<std::string>{"strict-ca.example"});
  EXPECT_FALSE(seen->meta.terms_of_service.empty());
  EXPECT_FALSE(seen->external_account);
  ASSERT_TRUE(seen->clock_ahead);
  EXPECT_GE(*seen->clock_ahead, 1h);
  EXPECT_LT(*seen->clock_ahead, 1h + 30s);
  EXPECT_EQ(ca.count(), 1);
}

TEST(AcmeCa, SaysHowFarTheClockIsAheadOfTheLatestAnswer) {
  lab::StrictCa strict;
  strict.change([](lab::strict::Behaviour& behaviour) { behaviour.date_offset = -1h; });
  testing::Client client(strict.directory_url(), strict.ca_file());
  EXPECT_FALSE(client.ca->clock_ahead()) << "nothing was asked yet";
  ASSERT_TRUE(client.ca->register_account(testing::kRequest));
  ASSERT_TRUE(client.ca->clock_ahead());
  EXPECT_GE(*client.ca->clock_ahead(), 1h);
  strict.change([](lab::strict::Behaviour& behaviour) { behaviour.date_offset = 2h; });
  ASSERT_TRUE(client.ca->new_order({testing::kNames}));
  ASSERT_TRUE(client.ca->clock_ahead());
  EXPECT_LT(*client.ca->clock_ahead(), -1h);
}

TEST(DirectoryScout, TellsWhyNothingIsToBeSeen) {
  lab::StrictCa ca;
  platform::SystemClock clock;
  DirectoryScout scout(
      [&] {
        return std::vector<CaSettings>{{"gone", "https://127.0.0.1:1/dir", "", 5s, {}},
                                       {"lost", ca.directory_url() + "/x", ca.ca_file(), 5s, {}}};
      },
      clock);
  EXPECT_EQ(scout.look("gone").error().code, "ca_unreachable");
  EXPECT_FALSE(scout.look("lost"));
  EXPECT_EQ(scout.look("unknown").error().code, "unknown_ca");
}

}  // namespace
}  // namespace certmgr::acme
