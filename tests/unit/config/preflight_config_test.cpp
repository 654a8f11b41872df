// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <algorithm>

#include "config/config.h"

namespace certmgr::config {
namespace {

using ::testing::HasSubstr;

std::string staging_of(const Config& config, const std::string& ca) {
  const auto found = std::find_if(config.cas.begin(), config.cas.end(),
                                  [&](const CaEntry& entry) { return entry.name == ca; });
  return found == config.cas.end() ? "no such CA" : found->staging;
}

TEST(PreflightConfig, AsksTheDnsAndFetchesWhereCasDoUnlessToldOtherwise) {
  const auto usual = parse("", "t.toml").value();
  EXPECT_TRUE(usual.preflight.dns);
  EXPECT_EQ(usual.preflight.http_port, 80);
  const auto config = parse("[preflight]\ndns = false\nhttp_port = 5002", "t.toml").value();
  EXPECT_FALSE(config.preflight.dns);
  EXPECT_EQ(config.preflight.http_port, 5002);
}

TEST(PreflightConfig, ACaForTestsIsBuiltInOrNamed) {
  const auto config =
      parse("[ca.own]\ndirectory = \"https://ca.example/dir\"\nstaging = \"own-staging\"", "t.toml").value();
  EXPECT_EQ(staging_of(config, "letsencrypt"), "letsencrypt-staging");
  EXPECT_EQ(staging_of(config, "zerossl"), "");
  EXPECT_EQ(staging_of(config, "own"), "own-staging");
}

TEST(PreflightConfig, RefusesWhatItCannotUse) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"[preflight]\ndns = \"no\"", "neither true nor false"},
      {"[preflight]\nhttp_port = 0", "http_port"},
      {"[preflight]\ndnss = false", "is not known in [preflight]"},
      {"[ca.own]\ndirectory = \"https://ca.example/dir\"\nstaging = \"own\"", "names the CA itself"}};
  for (const auto& [text, why] : cases) {
    const auto refused = parse(text, "t.toml");
    ASSERT_FALSE(refused) << text;
    EXPECT_THAT(refused.error().why, HasSubstr(why)) << text;
  }
}

}  // namespace
}  // namespace certmgr::config
