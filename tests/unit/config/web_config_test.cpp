// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "config/config.h"

namespace certmgr::config {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(WebConfig, IsOffUnlessAnAddressIsNamed) {
  const auto config = parse("", "t.toml").value();
  EXPECT_EQ(config.web.listen, "");
  EXPECT_TRUE(config.web.certificate_metrics);
}

TEST(WebConfig, TakesAddressAndSwitch) {
  const auto config =
      parse("[web]\nlisten = \"127.0.0.1:9480\"\ncertificate_metrics = false", "t.toml").value();
  EXPECT_EQ(config.web.listen, "127.0.0.1:9480");
  EXPECT_FALSE(config.web.certificate_metrics);
  EXPECT_THAT(config.warnings, IsEmpty());
}

TEST(WebConfig, RefusesWhatItDoesNotKnow) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"[web]\nlisten = 9480", "is not a text"},
      {"[web]\nlisten = \"9480\"", "is not ADDR:PORT"},
      {"[web]\ncertificate_metrics = \"no\"", "neither true nor false"},
      {"[web]\nlistem = \"127.0.0.1:9480\"", "is not known in [web]"},
      {"web = true", "is not a table"}};
  for (const auto& [text, why] : cases) {
    const auto refused = parse(text, "t.toml");
    ASSERT_FALSE(refused) << text;
    EXPECT_THAT(refused.error().why, HasSubstr(why)) << text;
    EXPECT_THAT(refused.error().what, HasSubstr("t.toml:")) << text;
  }
}

}  // namespace
}  // namespace certmgr::config
