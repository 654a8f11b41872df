// SPDX-License-Identifier: MIT
#include "config/config.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace certmgr::config {
namespace {

Config good(const std::string& text) {
  auto config = parse(text, "test.toml");
  if (!config) throw Failure(config.error());
  return *config;
}

const CaEntry* ca_of(const Config& config, const std::string& name) {
  const auto found =
      std::find_if(config.cas.begin(), config.cas.end(), [&](const CaEntry& e) { return e.name == name; });
  return found == config.cas.end() ? nullptr : &*found;
}

TEST(Config, AnEmptyFileMeansTheDefaults) {
  const Config config = good("");
  EXPECT_EQ(config.store_path, "/var/lib/certmgr/certmgr.db");
  EXPECT_EQ(config.encryption, "file:/etc/certmgr/store.key");
  EXPECT_EQ(config.default_ca, "letsencrypt");
  EXPECT_EQ(config.challenge.listen, "[::]:80");
  EXPECT_FALSE(config.agree_tos);
}

TEST(Config, KnowsTheBuiltInCas) {
  const Config config = good("");
  for (const char* name : {"letsencrypt", "letsencrypt-staging", "zerossl", "google", "sslcom", "actalis"}) {
    ASSERT_NE(ca_of(config, name), nullptr) << name;
    EXPECT_TRUE(ca_of(config, name)->directory.starts_with("https://")) << name;
  }
}

TEST(Config, ReadsEveryKey) {
  const Config config = good(R"(
[store]
path = "/s/c.db"
[keys]
encryption = "credential:store"
[defaults]
ca = "own"
challenge = "http-01"
key_type = "rsa-2048"
account_key_type = "ecdsa-p384"
email = "a@example.com"
agree_tos = true
fallback_cas = []
[ca.own]
directory = "https://ca.example/dir"
ca_bundle = "/etc/own.pem"
account = "customers"
eab_kid = "kid"
eab_hmac_file = "/etc/hmac"
key_type = "ecdsa-p384"
profile = "classic"
preferred_chain = "Root X1"
levels = ["dv"]
timeout = 5
[challenge.http-01]
webroot = "/var/www/html"
[deploy]
hook_timeout = 20
verify_timeout = 3
)");
  EXPECT_EQ(config.hook_timeout, std::chrono::seconds(20));
  EXPECT_EQ(config.verify_timeout, std::chrono::seconds(3));
  EXPECT_EQ(config.store_path, "/s/c.db");
  EXPECT_EQ(config.encryption, "credential:store");
  EXPECT_EQ(config.default_ca, "own");
  EXPECT_EQ(config.key_type, KeyType::rsa_2048);
  EXPECT_EQ(config.account_key_type, KeyType::ecdsa_p384);
  EXPECT_EQ(config.email, "a@example.com");
  EXPECT_TRUE(config.agree_tos);
  EXPECT_EQ(config.challenge.webroot, "/var/www/html");
  EXPECT_TRUE(config.challenge.listen.empty());
  const auto* own = ca_of(config, "own");
  ASSERT_NE(own, nullptr);
  EXPECT_EQ(own->directory, "https://ca.example/dir");
  EXPECT_EQ(own->ca_bundle, "/etc/own.pem");
  EXPECT_EQ(own->account, "customers");
  EXPECT_EQ(own->eab_kid, "kid");
  EXPECT_EQ(own->eab_hmac_file, "/etc/hmac");
  EXPECT_EQ(own->key_type, KeyType::ecdsa_p384);
  EXPECT_EQ(own->profile, (ProfileChoice{"classic", true}));
  EXPECT_EQ(own->preferred_chain, "Root X1");
  EXPECT_EQ(own->timeout, std::chrono::seconds(5));
}

TEST(Config, ABuiltInCaCanBeChanged) {
  const Config config = good("[ca.letsencrypt]\ntimeout = 7\n");
  EXPECT_EQ(ca_of(config, "letsencrypt")->timeout, std::chrono::seconds(7));
  EXPECT_TRUE(ca_of(config, "letsencrypt")->directory.starts_with("https://acme-v02"));
}

struct Bad {
  const char* text;
  const char* word;  // in message or hint
};

TEST(Config, EveryFaultIsRefusedWithItsPlaceAndACure) {
  const Bad table[] = {
      {"[stroe]\npath = \"x\"", "did you mean 'store'?"},
      {"[store]\npaht = \"x\"", "did you mean 'path'?"},
      {"[defaults]\nemial = \"x\"", "did you mean 'email'?"},
      {"[defaults]\nzzzzz = 1", "known are: "},
      {"[store\n", "test.toml:1:"},
      {"[store]\npath = 7", "not a text"},
      {"[store]\npath = \"\"", "empty"},
      {"[keys]\nencryption = \"aes\"", "credential:NAME"},
      {"[keys]\nencryption = \"file:relative\"", "file:/PATH"},
      {"[defaults]\nagree_tos = \"yes\"", "true or false"},
      {"[defaults]\nkey_type = \"dsa\"", "ecdsa-p256"},
      {"[defaults]\nchallenge = \"dns-02\"", "http-01"},
      {"[defaults]\nfallback_cas = [\"zerosll\"]", "did you mean 'zerossl'?"},
      {"[defaults]\nfallback_cas = \"zerossl\"", "not a list"},
      {"[ca.google.limits]\norders = \"many\"", "50/7d"},
      {"[ca.google.limits]\nordres = \"1/1h\"", "did you mean 'orders'?"},
      {"[ca.google]\nlimits = \"none\"", "not a table"},
      {"[ca.own]\nca_bundle = \"/x\"", "https URL"},
      {"[ca.own]\ndirectory = \"http://ca/dir\"", "https URL"},
      {"[ca.own]\ndirectory = \"https://ca/dir\"\neab_kid = \"k\"", "stands alone"},
      {"[ca.own]\ndirectory = \"https://ca/dir\"\naccount = \"../x\"", "is no name"},
      {"[ca.own]\ndirectory = \"https://ca/dir\"\nlevels = [\"iv\"]", "levels"},
      {"[ca.own]\ndirectory = \"https://ca/dir\"\ntimeout = 0", "1 to 600"},
      {"[ca.\"a/b\"]\ndirectory = \"https://ca/dir\"", "a/b"},
      {"[challenge.http-01]\nlisten = \"[::]:80\"\nwebroot = \"/w\"", "choose one"},
      {"[challenge.http-01]\nwebroot = \"w\"", "absolute"},
      {"[deploy]\nhook_timeout = 0", "1 to 3600"},
      {"ca = 7", "not a table"},
  };
  for (const auto& bad : table) {
    const auto config = parse(bad.text, "test.toml");
    ASSERT_FALSE(config) << bad.text;
    EXPECT_EQ(config.error().kind == TroubleKind::configuration || config.error().kind == TroubleKind::usage,
              true);
    const std::string all = config.error().message() + " | " + config.error().hint;
    EXPECT_NE(all.find(bad.word), std::string::npos) << bad.text << "\n" << all;
  }
}

TEST(Config, KnowsTheLimitsOfLetsEncryptAndTakesOthers) {
  using std::chrono::hours;
  const Config usual = good("[ca.mine]\ndirectory = \"https://acme-v02.api.letsencrypt.org/directory\"\n");
  const RateLimits built_in = ca_of(usual, "letsencrypt")->limits;
  EXPECT_EQ(built_in.rates.at(LimitKind::orders), (Rate{300, hours(3)}));
  EXPECT_EQ(built_in.rates.at(LimitKind::certificates_per_set), (Rate{5, hours(24 * 7)}));
  EXPECT_TRUE(built_in.renewals_exempt);
  EXPECT_EQ(ca_of(usual, "mine")->limits, built_in) << "another name for the same directory";
  EXPECT_TRUE(ca_of(usual, "letsencrypt-staging")->limits.empty());
  EXPECT_TRUE(ca_of(usual, "google")->limits.empty());
  const Config own = good(
      "[ca.letsencrypt.limits]\norders = \"none\"\ncertificates_per_domain = \"500/7d\"\n"
      "[ca.own]\ndirectory = \"https://ca.example/dir\"\n"
      "[ca.own.limits]\norders = \"10/1m\"\nrenewals_exempt = true\n");
  const RateLimits raised = ca_of(own, "letsencrypt")->limits;
  EXPECT_FALSE(raised.rates.contains(LimitKind::orders));
  EXPECT_EQ(raised.rates.at(LimitKind::certificates_per_domain).most, 500);
  EXPECT_EQ(raised.rates.size(), built_in.rates.size() - 1);
  EXPECT_EQ(ca_of(own, "own")->limits,
            (RateLimits{{{LimitKind::orders, {10, std::chrono::minutes(1)}}}, true}));
}

TEST(Config, TheDraftOfPersistentRecordsIsSaidOfEachCa) {
  const Config config =
      good("[ca.own]\ndirectory = \"https://ca.example/dir\"\ndns_persist_draft = \"02\"\n");
  EXPECT_EQ(ca_of(config, "own")->persist_draft, PersistDraft::draft_02);
  EXPECT_EQ(ca_of(config, "letsencrypt")->persist_draft, PersistDraft::draft_01);
}

TEST(Config, FallbackCasMayBeDeclaredBehindTheDefaults) {
  const Config config = good(
      "[defaults]\nfallback_cas = [\"own\", \"zerossl\"]\n[ca.own]\ndirectory = "
      "\"https://ca.example/dir\"\n");
  EXPECT_EQ(config.fallback_cas, (std::vector<std::string>{"own", "zerossl"}));
}

TEST(Config, AnUnknownKeyIsNamedWithLineAndColumn) {
  const auto config = parse("[store]\n\n  paht = \"x\"\n", "/etc/c.toml");
  ASSERT_FALSE(config);
  EXPECT_NE(config.error().what.find("/etc/c.toml:3:3"), std::string::npos) << config.error().what;
}

TEST(Config, KnowsTheWaysOfProofAndWhichComesFirst) {
  const std::string all =
      "[challenge.tls-alpn-01]\nlisten = "
      "\"127.0.0.1:8443\"\n[challenge.http-01]\n[challenge.dns-persist-01]\n";
  const Config config = good(all);
  ASSERT_EQ(config.ways.size(), 3U);
  EXPECT_EQ(config.challenge, config.ways.front());
  EXPECT_EQ(config.challenge.type, ChallengeType::http_01);
  const Config named = good("[defaults]\nchallenge = \"tls-alpn-01\"\n" + all);
  EXPECT_EQ(named.challenge.listen, "127.0.0.1:8443");
  const Config usual = good("[defaults]\nchallenge = \"tls-alpn-01\"\n");
  EXPECT_TRUE(usual.ways.empty()) << "nobody configured another way";
  EXPECT_EQ(usual.challenge.listen, "[::]:443");
}

TEST(Config, AMissingFileIsAnErrorOnlyIfItWasNamed) {
  EXPECT_TRUE(load("/nonexistent/certmgr.toml", false));
  const auto named = load("/nonexistent/certmgr.toml", true);
  ASSERT_FALSE(named);
  EXPECT_NE(named.error().message().find("/nonexistent/certmgr.toml"), std::string::npos);
}

}  // namespace
}  // namespace certmgr::config
