// SPDX-License-Identifier: MIT
// The Ca port against a real CA, and against one that misbehaves.
#include <gtest/gtest.h>

#include <utility>

#include "adapters/acme/acme_connector.h"
#include "crypto/private_key.h"
#include "crypto/public_key.h"
#include "lab/fault_proxy.h"
#include "lab/pebble.h"
#include "platform/system_clock.h"

namespace certmgr::acme {
namespace {

/// Keys as they are: what seals them is the store's business.
class PlainKeyring final : public Keyring {
 public:
  Result<SealedKey> generate(KeyType type, std::string purpose) override {
    const auto key = std::move(*crypto::generate_key(type));
    const std::string pem = *crypto::to_pem(*key);
    return SealedKey{"id", type, std::move(purpose), *crypto::spki_sha256(*key), {pem.begin(), pem.end()}};
  }
  Result<std::vector<std::uint8_t>> certificate_request(const SealedKey& key,
                                                        const std::vector<Identifier>& identifiers,
                                                        const std::vector<CsrAttribute>& subject) override {
    return crypto::certificate_request(**crypto::key_from_pem(*private_key_pem(key)), identifiers, subject);
  }
  Result<ForeignRequest> read_request(std::string_view) override { return ForeignRequest{}; }
  Result<SealedKey> adopt(const std::vector<std::uint8_t>&) override { return SealedKey{}; }
  Result<std::string> private_key_pem(const SealedKey& key) override {
    return std::string(key.sealed.begin(), key.sealed.end());
  }
};

class Memory final : public CaMemory {
 public:
  std::optional<Directory> directory(const std::string&) override { return remembered; }
  void remember_directory(const std::string&, const Directory& directory) override { remembered = directory; }
  std::optional<std::string> take_nonce(const std::string&) override {
    return std::exchange(nonce, std::nullopt);
  }
  void park_nonce(const std::string&, const std::string& parked) override { nonce = parked; }

  std::optional<Directory> remembered;
  std::optional<std::string> nonce;
};

struct Client {
  explicit Client(const std::string& directory, const std::string& bundle,
                  std::chrono::milliseconds timeout = std::chrono::seconds(10),
                  KeyType type = KeyType::ecdsa_p256)
      : connector({{"test", directory, bundle, timeout, std::nullopt}}, keyring, memory, clock),
        key(*keyring.generate(type, "account")),
        ca(*connector.connect("test", key, "")) {}

  PlainKeyring keyring;
  Memory memory;
  platform::SystemClock clock;
  AcmeConnector connector;
  SealedKey key;
  std::shared_ptr<Ca> ca;
};

const AccountRequest kRequest{{"mailto:a@example.com"}, true};
const std::vector<Identifier> kNames{{IdentifierType::dns, "a.example.com"}};

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
