// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "e2e/world/world.h"
#include "lab/ports.h"

namespace certmgr::e2e {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string at(const std::string& address, int port) { return address + ":" + std::to_string(port); }

TEST(Challenge, TlsAlpnProvesANameAndLeavesThePortFree) {
  World world;
  const int port = world.pebble.tls_port();
  const auto issued = world.run_json(
      {"issue", "sip.example.com", "--challenge", "tls-alpn-01", "--tls-listen", at("127.0.0.1", port)});
  EXPECT_EQ(issued["changed"], true) << issued;
  EXPECT_FALSE(lab::port_accepts("127.0.0.1", port));
  const auto shown = world.run_json({"show", "sip.example.com"});
  EXPECT_EQ(shown["certificate"]["challenge"]["type"], "tls-alpn-01") << shown;
  EXPECT_EQ(shown["certificate"]["challenge"]["listen"], at("127.0.0.1", port));
}

TEST(Challenge, AnAddressIsCertifiedByEitherListener) {
  World world;
  const auto by_http =
      world.run_json({"issue", "127.0.0.1", "--http-listen", at("127.0.0.1", world.pebble.http_port())});
  EXPECT_THAT(by_http["certificate"]["identifiers"], ElementsAre("127.0.0.1"));
  const auto by_tls = world.run_json({"issue", "127.0.0.1", "sip.example.com", "--label", "both",
                                      "--tls-listen", at("127.0.0.1", world.pebble.tls_port())});
  EXPECT_THAT(by_tls["certificate"]["identifiers"], ElementsAre("sip.example.com", "127.0.0.1"));
}

TEST(Challenge, AWildcardWithoutDnsIsRefusedBeforeTheCaIsAsked) {
  World world;
  const auto wildcard = world.run({"issue", "*.example.com", "--challenge", "tls-alpn-01"});
  EXPECT_EQ(wildcard.exit_code, 2);
  EXPECT_THAT(wildcard.errors, HasSubstr("can only be proven over DNS"));
}

TEST(Challenge, AnAddressTakesTheConfiguredWayThatCanProveIt) {
  World world;  // http-01 is configured
  const auto issued = world.run_json({"issue", "127.0.0.1", "--challenge", "dns-persist-01"});
  EXPECT_THAT(issued["certificate"]["identifiers"], ElementsAre("127.0.0.1"));
}

TEST(Challenge, AnotherConfiguredWayIsTakenWhenTheCaDoesNotAcceptTheFirst) {
  World world;
  auto config = lab::config_for(world.pebble);
  config.extra = "[challenge.tls-alpn-01]\nlisten = \"" + at("127.0.0.1", world.pebble.tls_port()) + "\"\n";
  world.certmgr.write_config(config);
  // Not the port the CA asks at.
  const auto issued =
      world.run({"issue", "sip.example.com", "--http-listen", at("127.0.0.1", lab::free_port())});
  EXPECT_EQ(issued.exit_code, 0) << issued.errors;
  EXPECT_THAT(issued.errors + issued.output, HasSubstr("by http-01"));
  const auto history = world.run({"history", "sip.example.com"});
  EXPECT_THAT(history.output, HasSubstr("could not verify control")) << "the failed order stays visible";
}

TEST(Challenge, WithoutAnotherWayTheFailureIsToldOnce) {
  World world;
  const auto refused =
      world.run({"issue", "sip.example.com", "--http-listen", at("127.0.0.1", lab::free_port())});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.errors, HasSubstr("could not verify control of sip.example.com by http-01"));
}

}  // namespace
}  // namespace certmgr::e2e
