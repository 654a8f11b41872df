// SPDX-License-Identifier: MIT
// The Ca port against a real CA, and against one that misbehaves.
#include <gtest/gtest.h>

#include "integration/acme/acme_bench.h"
#include "lab/fault_proxy.h"
#include "lab/pebble.h"

namespace certmgr::acme {
namespace {

using testing::Client;
using testing::kNames;
using testing::kRequest;
using testing::Memory;
using testing::PlainKeyring;

TEST(AcmeCa, TheSameKeyFindsTheSameAccount) {
  const lab::Pebble pebble;
  for (const auto type : {KeyType::ecdsa_p256, KeyType::ecdsa_p384, KeyType::rsa_2048}) {
    Client client(pebble.directory_url(), pebble.ca_file().string(), std::chrono::seconds(10), type);
    const auto first = client.ca->register_account(kRequest);
    ASSERT_TRUE(first) << first.error().message();
    EXPECT_FALSE(first->existed);
    EXPECT_EQ(first->status, "valid");
    const auto second = client.ca->register_account(kRequest);
    ASSERT_TRUE(second);
    EXPECT_TRUE(second->existed);
    EXPECT_EQ(second->url, first->url);
    EXPECT_EQ(client.ca->account()->status, "valid");
  }
}

TEST(AcmeCa, AWholeOrderEndsInAChainForOurKey) {
  lab::PebbleOptions options;
  options.always_valid = true;
  const lab::Pebble pebble(options);
  Client client(pebble.directory_url(), pebble.ca_file().string());
  ASSERT_TRUE(client.ca->register_account(kRequest));
  auto order = client.ca->new_order({.identifiers = kNames});
  ASSERT_TRUE(order) << order.error().message();
  EXPECT_EQ(order->value.identifiers, kNames);
  EXPECT_EQ(client.ca->order_urls()->front(), order->value.url);
  const auto authorization = client.ca->authorization(order->value.authorizations.front());
  ASSERT_TRUE(authorization);
  EXPECT_EQ(authorization->identifier, kNames.front());
  for (const auto& challenge : authorization->challenges) {
    if (challenge.type == "http-01") {
      EXPECT_TRUE(client.ca->answer(challenge.url));
    }
  }
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  const auto until = [&](CaStatus wanted) {
    while (order && order->value.status != wanted && std::chrono::steady_clock::now() < deadline)
      order = client.ca->order(order->value.url);
    return order && order->value.status == wanted;
  };
  ASSERT_TRUE(until(CaStatus::ready));
  const auto key = *client.keyring.generate(KeyType::ecdsa_p256, "certificate");
  order = client.ca->finalize(order->value.url, order->value.finalize_url,
                              *client.keyring.certificate_request(key, kNames, {}));
  ASSERT_TRUE(order) << order.error().message();
  ASSERT_TRUE(until(CaStatus::valid));
  const auto chain = client.ca->certificate(order->value.certificate_url, "");
  ASSERT_TRUE(chain) << chain.error().message();
  EXPECT_EQ(judge_issued(chain->facts, {key.spki_sha256, kNames}, client.clock.now()), std::nullopt);
}

TEST(AcmeCa, HalfOfAllNoncesRefusedIsNoObstacle) {
  lab::PebbleOptions options;
  options.nonce_reject_percent = 50;
  const lab::Pebble pebble(options);
  Client client(pebble.directory_url(), pebble.ca_file().string());
  ASSERT_TRUE(client.ca->register_account(kRequest));
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(client.ca->account());
}

TEST(AcmeCa, OneNonceIsEnoughForAWholeRunAndOneIsLeftForTheNext) {
  const lab::Pebble pebble;
  const lab::FaultProxy proxy(pebble);
  PlainKeyring keyring;
  Memory memory;
  platform::SystemClock clock;
  const SealedKey key = *keyring.generate(KeyType::ecdsa_p256, "account");
  std::string account_url;
  for (int run = 0; run < 2; ++run) {
    AcmeConnector connector(
        {{"test", proxy.directory_url(), proxy.ca_file().string(), std::chrono::seconds(10), std::nullopt}},
        keyring, memory, clock);
    const auto ca = *connector.connect("test", key, account_url);
    if (account_url.empty()) account_url = ca->register_account(kRequest)->url;
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(ca->account());
  }
  EXPECT_EQ(proxy.count(lab::paths::kNewNonce), 1);
  EXPECT_TRUE(memory.nonce);
}

TEST(AcmeCa, AnUntrustedCertificateIsAMatterOfConfiguration) {
  const lab::Pebble pebble;
  Client client(pebble.directory_url(), "/etc/ssl/certs/ca-certificates.crt");
  const auto meta = client.ca->meta();
  ASSERT_FALSE(meta);
  EXPECT_EQ(meta.error().code, "ca_untrusted");
  EXPECT_EQ(meta.error().kind, TroubleKind::configuration);
  EXPECT_NE(meta.error().hint.find("ca_bundle"), std::string::npos);
}

TEST(AcmeCa, NobodyThereIsTransientAndNamesTheUrl) {
  Client client("https://127.0.0.1:9/dir", "/etc/ssl/certs/ca-certificates.crt");
  const auto meta = client.ca->meta();
  ASSERT_FALSE(meta);
  EXPECT_EQ(meta.error().kind, TroubleKind::transient);
  EXPECT_NE(meta.error().why.find("127.0.0.1:9"), std::string::npos) << meta.error().why;
}

struct Misbehaviour {
  const char* name;
  lab::Fault fault;
  const char* code;
};

TEST(AcmeCa, EveryMisbehaviourIsATroubleThatSaysWhat) {
  const lab::Pebble pebble;
  lab::FaultProxy proxy(pebble);
  const Misbehaviour table[] = {
      {"html", lab::faults::html(), "ca_protocol"},
      {"500", lab::faults::empty_500(), "ca_server_error"},
      {"truncated", lab::faults::truncated(), "ca_protocol"},
      {"100 MB", lab::faults::flood(100UL << 20), "ca_protocol"},
      {"redirect", lab::faults::redirect("https://elsewhere.example/"), "ca_protocol"},
      {"silence", lab::faults::delay(std::chrono::seconds(3)), "ca_no_answer"},
      {"hang-up", lab::faults::drop_before(), "ca_unreachable"},
      {"problem", lab::faults::problem(403, "unauthorized", "go away"), "acme_unauthorized"},
  };
  for (const auto& row : table) {
    proxy.clear_faults();
    proxy.inject(lab::paths::kDirectory, row.fault, 1, lab::FaultProxy::kAlways);
    Client client(proxy.directory_url(), proxy.ca_file().string(), std::chrono::seconds(1));
    const auto meta = client.ca->meta();
    ASSERT_FALSE(meta) << row.name;
    EXPECT_EQ(meta.error().code, row.code) << row.name << ": " << meta.error().message();
    EXPECT_FALSE(meta.error().what.empty()) << row.name;
    EXPECT_FALSE(meta.error().hint.empty()) << row.name;
  }
}

TEST(AcmeConnector, AnUnknownCaIsAnsweredWithTheNearestName) {
  PlainKeyring keyring;
  Memory memory;
  platform::SystemClock clock;
  const AcmeConnector connector({{"letsencrypt", "https://x/dir", "", std::chrono::seconds(1), std::nullopt}},
                                keyring, memory, clock);
  const auto url = connector.directory_url("letsencrpt");
  ASSERT_FALSE(url);
  EXPECT_EQ(url.error().code, "unknown_ca");
  EXPECT_EQ(url.error().hint, "did you mean 'letsencrypt'?");
}

}  // namespace
}  // namespace certmgr::acme
