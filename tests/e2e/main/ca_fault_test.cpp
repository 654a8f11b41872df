// SPDX-License-Identifier: MIT
// A CA that is down, broken or hostile.
#include <sys/resource.h>
#include <sys/wait.h>

#include "e2e/world/world.h"

namespace certmgr::e2e {
namespace {

namespace faults = lab::faults;
namespace paths = lab::paths;
constexpr int kAlways = lab::FaultProxy::kAlways;

json failed(const World& world, const std::string& code, int exit_code = 1) {
  const auto document = world.run_json({"issue", "a.example.com", "b.example.com"}, exit_code);
  EXPECT_EQ(document["error"]["code"], code) << document.dump(2);
  EXPECT_FALSE(document["error"]["hint"].get<std::string>().empty());
  return document["error"];
}

TEST(CaFault, ACaThatIsDownIsNamedAndTheSameCommandGoesOnLater) {
  World world;
  world.pebble.stop();
  const auto error = failed(world, "ca_unreachable");
  EXPECT_NE(error["message"].get<std::string>().find("test"), std::string::npos);
  world.pebble.start();
  EXPECT_EQ(world.run({"issue", "a.example.com", "b.example.com"}).exit_code, 0);
  EXPECT_TRUE(world.run_json({"db", "check"})["ok"]);
}

TEST(CaFault, AnUntrustedCaIsRefused) {
  World world;
  auto config = lab::config_for(world.pebble);
  config.ca_bundle = "/etc/ssl/certs/ca-certificates.crt";
  world.certmgr.write_config(config);
  EXPECT_NE(failed(world, "ca_untrusted")["hint"].get<std::string>().find("ca_bundle"), std::string::npos);
}

struct Broken {
  const char* name;
  lab::Fault fault;
  const char* code;
};

TEST(CaFault, RepliesThatAreNoAcmeAreToldAndForgivenOnceTheyStop) {
  for (const auto& broken :
       {Broken{"html", faults::html(), "ca_protocol"},
        Broken{"empty 500", faults::empty_500(), "ca_server_error"},
        Broken{"truncated JSON", faults::truncated(), "ca_protocol"},
        Broken{"redirect", faults::redirect("https://elsewhere.example/"), "ca_protocol"}}) {
    World world;
    auto& proxy = world.put_proxy_before_ca();
    proxy.inject(paths::kDirectory, broken.fault, 1, kAlways);
    failed(world, broken.code);
    proxy.clear_faults();
    EXPECT_EQ(world.run({"issue", "a.example.com", "b.example.com"}).exit_code, 0) << broken.name;
  }
}

TEST(CaFault, ABodyOfAHundredMegabytesIsNotTakenIn) {
  World world;
  auto& proxy = world.put_proxy_before_ca();
  proxy.inject(paths::kDirectory, faults::flood(100UL << 20), 1, kAlways);
  failed(world, "ca_protocol");
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they need memory of their own
  rusage children{};
  getrusage(RUSAGE_CHILDREN, &children);
  EXPECT_LT(children.ru_maxrss, 90 * 1024) << "KiB, of the largest program that has ended";
#endif
}

TEST(CaFault, ACaThatNeverAnswersIsGivenUpAfterTheConfiguredTime) {
  World world;
  auto& proxy = world.put_proxy_before_ca();
  const std::string text = lab::read_file(world.certmgr.config_file());
  const auto at = text.find("[ca.test]\n") + 10;
  lab::write_file(world.certmgr.config_file(), text.substr(0, at) + "timeout = 1\n" + text.substr(at));
  proxy.inject(paths::kDirectory, faults::delay(std::chrono::seconds(3)), 1, kAlways);
  failed(world, "ca_no_answer");
}

TEST(CaFault, ALostAnswerToNewOrderLeadsToNoSecondOrder) {
  World world;
  auto& proxy = world.put_proxy_before_ca();
  proxy.inject(paths::kNewOrder, faults::drop_after());
  const auto outcome = world.run({"issue", "a.example.com"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_EQ(proxy.count(paths::kNewOrder), 1);
}

TEST(CaFault, HalfOfAllNoncesRefusedIsNoObstacle) {
  lab::PebbleOptions options;
  options.nonce_reject_percent = 50;
  World world(options);
  EXPECT_EQ(world.run({"issue", "a.example.com", "b.example.com"}).exit_code, 0);
}

TEST(CaFault, ARefusedAuthorizationNamesTheIdentifierAndTheReason) {
  World world;
  world.pebble.set_a("b.example.com", {"127.0.0.99"});
  const auto error = failed(world, "authorization_failed");
  const auto message = error["message"].get<std::string>();
  EXPECT_NE(message.find("b.example.com"), std::string::npos) << message;
  EXPECT_NE(message.find("127.0.0.99"), std::string::npos) << "the CA's own reason: " << message;
  world.pebble.forget_name("b.example.com");
  EXPECT_EQ(world.run({"issue", "a.example.com", "b.example.com"}).exit_code, 0);
}

TEST(CaFault, ACertificateThatWasNotOrderedIsRefusedAndNothingIsDeployed) {
  World world;
  auto& proxy = world.put_proxy_before_ca();
  ASSERT_NO_FATAL_FAILURE(world.start_nginx());
  const std::string placeholder = world.served_by_nginx();
  const auto& authority = world.pebble.https_authority();
  for (const auto& broken :
       {Broken{"other key", faults::certificate_for_another_key(authority), "key_mismatch"},
        Broken{"other names", faults::certificate_for_names(authority, {"evil.example.com"}), "san_mismatch"},
        Broken{"expired", faults::expired_certificate(authority), "not_valid_now"},
        Broken{"future", faults::certificate_not_valid_yet(authority), "not_valid_now"},
        Broken{"unrelated chain", faults::chain_unrelated(authority), "chain_broken"}}) {
    proxy.clear_faults();
    proxy.inject(paths::kCertificate, broken.fault, 1, kAlways);
    const auto document = world.run_json({"issue", "a.example.com", "--server", "web"}, 1);
    EXPECT_EQ(document["error"]["code"], broken.code) << broken.name << document["error"].dump(2);
    EXPECT_EQ(world.served_by_nginx(), placeholder) << broken.name;
    EXPECT_TRUE(world.run_json({"show", "a.example.com"})["certificate"]["fingerprint_sha256"].is_null());
  }
  proxy.clear_faults();
  EXPECT_EQ(world.run({"issue", "a.example.com", "--server", "web"}).exit_code, 0);
  EXPECT_TRUE(world.run_json({"db", "check"})["ok"]);
}

TEST(CaFault, SubproblemsAreShownOneByOne) {
  World world;
  auto& proxy = world.put_proxy_before_ca();
  const json subproblems = {{{"type", "urn:ietf:params:acme:error:caa"},
                             {"detail", "CAA forbids it"},
                             {"identifier", {{"type", "dns"}, {"value", "a.example.com"}}}},
                            {{"type", "urn:ietf:params:acme:error:rejectedIdentifier"},
                             {"detail", "high risk"},
                             {"identifier", {{"type", "dns"}, {"value", "b.example.com"}}}}};
  proxy.inject(paths::kNewOrder, faults::problem(403, "compound", "two names", subproblems), 1, kAlways);
  const auto message = failed(world, "acme_compound")["message"].get<std::string>();
  EXPECT_NE(message.find("a.example.com: CAA forbids it (caa)"), std::string::npos) << message;
  EXPECT_NE(message.find("b.example.com: high risk (rejectedIdentifier)"), std::string::npos) << message;
}

TEST(CaFault, AFarRetryAfterIsAWaitWithItsTime) {
  World world;
  auto& proxy = world.put_proxy_before_ca();
  auto limited = faults::problem(429, "rateLimited", "too many certificates");
  const auto change = limited.change;
  limited.change = [change](lab::Reply& reply) {
    change(reply);
    reply.set_header("Retry-After", "7200");
  };
  proxy.inject(paths::kNewOrder, limited, 1, kAlways);
  const auto error = failed(world, "waiting", 4);
  EXPECT_TRUE(error["retry_at"].is_string()) << error.dump(2);
  EXPECT_NE(error["message"].get<std::string>().find("too many certificates"), std::string::npos);
  proxy.forget_requests();
  failed(world, "waiting", 4);
  EXPECT_EQ(proxy.count(), 0) << "the CA named a time: it is not asked before";
}

TEST(CaFault, WhatACaFoundThatLooksWithinTheAnswerIsTold) {
  World world;
  auto& proxy = world.put_proxy_before_ca();
  auto fault = faults::problem(400, "incorrectResponse", "expected this, got that");
  fault.forward = true;  // the challenge is no longer pending, as at a CA that looks at once
  proxy.inject(paths::kChallenge, fault);
  const auto outcome = world.run({"issue", "a.example.com"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors << "Pebble has found the proof";
  EXPECT_NE(outcome.errors.find("expected this, got that (incorrectResponse)"), std::string::npos)
      << outcome.errors;
}

TEST(CaFault, AFinalizeThatFailsWhileTheOrderGoesOnEndsInACertificate) {
  World world;
  auto& proxy = world.put_proxy_before_ca();
  auto fault = faults::answer(400, "application/problem+json",
                              R"({"type":"urn:ietf:params:acme:error:malformed","detail":"odd"})");
  fault.forward = true;
  proxy.inject(paths::kFinalize, fault);
  const auto outcome = world.run({"issue", "a.example.com"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_EQ(proxy.count(paths::kFinalize), 1);
}

TEST(CaFault, ACaThatForgotTheAccountGetsTheSameKeyAgain) {
  World world;
  ASSERT_EQ(world.run({"issue", "a.example.com"}).exit_code, 0);
  world.pebble.stop();
  world.pebble.start();
  const auto outcome = world.run({"issue", "b.example.com"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_EQ(world.run_json({"account", "list"})["accounts"].size(), 1U);
}

}  // namespace
}  // namespace certmgr::e2e
