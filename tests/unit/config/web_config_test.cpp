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

TEST(WebConfig, KnowsTokensByTheirHash) {
  const std::string hash(64, 'a');
  const auto config = parse(
                          "[web]\nlisten = \"[::1]:9480\"\nsocket = "
                          "\"/run/certmgr/desk.sock\"\n[web.tokens]\nalice = \"sha256:" +
                              hash + "\"\n",
                          "t.toml")
                          .value();
  EXPECT_EQ(config.web.socket, "/run/certmgr/desk.sock");
  EXPECT_EQ(config.web.tokens, (std::map<std::string, std::string>{{hash, "alice"}}));
}

TEST(WebConfig, SaysNoTokenThatStandsWhereItsHashShould) {
  const auto refused = parse("[web.tokens]\nalice = \"s3cret-token\"", "t.toml");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message().find("s3cret"), std::string::npos);
}

TEST(WebConfig, RefusesWhatItDoesNotKnow) {
  const std::string hash = "\"sha256:" + std::string(64, 'a') + "\"";
  const std::vector<std::pair<std::string, std::string>> cases{
      {"[web]\nlisten = 9480", "is not a text"},
      {"[web]\nlisten = \"9480\"", "is not ADDR:PORT"},
      {"[web]\ncertificate_metrics = \"no\"", "neither true nor false"},
      {"[web]\nlistem = \"127.0.0.1:9480\"", "is not known in [web]"},
      {"[web]\nsocket = \"desk.sock\"", "no absolute path"},
      {"[web.tokens]\nalice = 7", "is not a text"},
      {"[web.tokens]\nalice = \"sha256:abc\"", "64 hex digits"},
      {"[web.tokens]\n\"a b\" = " + hash, "no name of a user"},
      {"[web.tokens]\nalice = " + hash + "\nbob = " + hash, "token of somebody else"},
      {"[web]\nlisten = \"0.0.0.0:9480\"\n[web.tokens]\nalice = " + hash, "open to other machines"},
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
