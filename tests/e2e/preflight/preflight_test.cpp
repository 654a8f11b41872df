// SPDX-License-Identifier: MIT
// What `issue` looks at before it orders: with BIND, and a CA that counts what it is asked.
#include "e2e/preflight/preflight_world.h"
#include "lab/knot.h"

namespace certmgr::e2e {
namespace {

namespace resources = lab::strict::resources;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct Forbidden {
  const char* name;
  std::vector<std::string> options;
  const char* says;
};

TEST(Preflight, CaaThatForbidsStopsBeforeTheCaIsAskedForAnOrder) {
  PreflightWorld world;
  for (const auto& c : {Forbidden{"other.example.com", {}, "none of them names it (strict-ca.example)"},
                        Forbidden{"below.parent.example.com", {}, "parent.example.com"},
                        Forbidden{"method.example.com", {}, "they do not allow the method http-01"},
                        Forbidden{"account.example.com", {}, "they allow other accounts than https://"},
                        Forbidden{"*.wild.example.com", {"--dns", "bind"}, "none of them names it"}}) {
    std::vector<std::string> arguments{"issue", c.name};
    arguments.insert(arguments.end(), c.options.begin(), c.options.end());
    const auto error = world.run_json(arguments, 1)["error"];
    EXPECT_EQ(error["code"], "caa_forbids") << c.name;
    EXPECT_THAT(error["message"].get<std::string>(), HasSubstr(c.says));
    EXPECT_THAT(error["hint"].get<std::string>(), HasSubstr("--no-preflight"));
  }
  EXPECT_EQ(world.ca.count(resources::kNewOrder), 0);
  EXPECT_THAT(world.run_json({"list"}, 0)["certificates"], IsEmpty()) << "nothing is wanted that was refused";
  EXPECT_EQ(world.run_json({"issue", "other.example.com", "--no-preflight"}, 0)["issued"], true);
}

TEST(Preflight, WhatIsInOrderIsNotTalkedAboutAndCostsNoRequest) {
  PreflightWorld world;
  ASSERT_EQ(world.certmgr.run({"issue", "ok.example.com"}).exit_code, 0);
  const auto [before, directories] = std::pair(world.ca.count(), world.ca.count(resources::kDirectory));
  const auto issued = world.certmgr.run({"issue", "free.example.com"});
  EXPECT_EQ(issued.exit_code, 0) << issued.errors;
  EXPECT_THAT(issued.errors, Not(HasSubstr("warning")));
  EXPECT_LE(world.ca.count() - before, 8);
  EXPECT_EQ(world.ca.count(resources::kDirectory) - directories, 1);
  EXPECT_EQ(world.ca.count(resources::kNewAccount), 1);
  EXPECT_THAT(world.ca.violations(), IsEmpty());
}

TEST(Preflight, AResolverThatDoesNotAnswerStopsNothing) {
  PreflightWorld world;
  world.certmgr.write_config(world.config(lab::free_port()));
  const auto issued = world.certmgr.run({"issue", "ok.example.com"});
  EXPECT_EQ(issued.exit_code, 0) << issued.errors;
  EXPECT_THAT(issued.errors, HasSubstr("cannot tell whether the CA may issue for ok.example.com"));
}

TEST(Preflight, APlaceWhereTheProofIsNotSeenIsAWarning) {
  PreflightWorld world;
  auto config = world.config(world.named.port());
  config.preflight = "http_port = " + std::to_string(lab::free_port()) + "\n";
  world.certmgr.write_config(config);
  const auto issued = world.certmgr.run({"issue", "ok.example.com"});
  EXPECT_EQ(issued.exit_code, 0) << issued.errors;
  EXPECT_THAT(issued.errors, HasSubstr("nobody answers HTTP there"));
}

TEST(Preflight, WhoHoldsThePortIsTold) {
  PreflightWorld world;
  const lab::Process holder({.command = {"/usr/bin/python3", "-c",
                                         "import socket, time; s = socket.create_server(('127.0.0.1', " +
                                             std::to_string(world.ca.http_port()) + ")); time.sleep(600)"}});
  ASSERT_TRUE(lab::wait_until([&] { return lab::port_accepts("127.0.0.1", world.ca.http_port()); }));
  const auto refused = world.certmgr.run({"issue", "ok.example.com"});
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_THAT(refused.errors, HasSubstr("the port is taken by python3"));
}

TEST(Preflight, AClockThatIsOffIsWarnedOfAndStopsWhereTheCertificateWouldNotBeValid) {
  PreflightWorld world;
  const auto issue = [&](std::chrono::seconds offset) {
    world.ca.change([&](lab::strict::Behaviour& behaviour) { behaviour.date_offset = offset; });
    return world.certmgr.run({"issue", "ok.example.com", "--label", "at" + std::to_string(offset.count())});
  };
  EXPECT_THAT(issue(0s).errors, Not(HasSubstr("clock")));
  const auto warned = issue(-5min);
  EXPECT_EQ(warned.exit_code, 0) << warned.errors;
  EXPECT_THAT(warned.errors, HasSubstr("the clock of this host is 5 min ahead of that of the CA test"));
  world.ca.forget_requests();
  const auto stopped = issue(2h);
  EXPECT_EQ(stopped.exit_code, 1);
  EXPECT_THAT(stopped.errors, HasSubstr("behind that of the CA test"));
  EXPECT_EQ(world.ca.count(resources::kNewOrder), 0);
}

TEST(Preflight, ARenewalIsNotLookedAtAgain) {
  PreflightWorld world;
  ASSERT_EQ(world.certmgr.run({"issue", "other.example.com", "--no-preflight"}).exit_code, 0);
  EXPECT_EQ(world.certmgr.run({"renew", "--force", "other.example.com"}).exit_code, 0);
  EXPECT_EQ(world.run_json({"issue", "other.example.com"}, 0)["changed"], false)
      << "nothing is to be ordered";
}

/// "12345 13 2 AB12..." as BIND wants it.
std::string anchor(const std::string& zone, const std::string& ds) {
  const auto digest = ds.rfind(' ') + 1;
  return "  \"" + zone + "\" static-ds " + ds.substr(0, digest) + "\"" +
         ds.substr(digest, ds.find('\n') - digest) + "\";\n";
}

TEST(Preflight, SignaturesThatDoNotHoldStopTheOrderAndAreNotTakenForAnOutage) {
  const std::string records =
      "@ NS ns1\nns1 A 127.0.0.2\nwww A 127.0.0.1\n@ CAA 0 issue \"strict-ca.example\"\n";
  const lab::Knot signer(
      {.zones = {{{"secure.test", records}, "", true}, {{"bogus.test", records}, "", true}}});
  auto wrong = signer.ds("bogus.test");
  wrong.back() = wrong.back() == '0' ? '1' : '0';
  const lab::Named validator(
      {.more_options =
           "  recursion yes;\n  dnssec-validation yes;\n  forward only;\n  forwarders { 127.0.0.2 port " +
           std::to_string(signer.port()) + "; };\n",
       .more = "trust-anchors {\n" + anchor("secure.test", signer.ds("secure.test")) +
               anchor("bogus.test", wrong) + "};\n"});
  PreflightWorld world;
  world.certmgr.write_config(world.config(validator.port()));
  EXPECT_EQ(world.run_json({"issue", "www.secure.test"}, 0)["issued"], true);
  world.ca.forget_requests();
  const auto error = world.run_json({"issue", "www.bogus.test"}, 1)["error"];
  EXPECT_EQ(error["code"], "dnssec_bogus");
  EXPECT_EQ(world.ca.count(resources::kNewOrder), 0);
  // The signer refuses this one: the look-up fails, and not because of signatures.
  const auto outage = world.certmgr.run({"issue", "www.elsewhere.test"});
  EXPECT_EQ(outage.exit_code, 0) << outage.errors;
  EXPECT_THAT(outage.errors, HasSubstr("cannot tell whether the CA may issue for www.elsewhere.test"));
}

}  // namespace
}  // namespace certmgr::e2e
