// SPDX-License-Identifier: MIT
// How the facts before an order are gathered: side by side, and no longer than they are of use.
#include "certmgr/services/preflight.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "adapters/store/account_store.h"
#include "adapters/store/certificate_store.h"
#include "adapters/store/sealed_keyring.h"
#include "fake_ca.h"
#include "lab/temp_dir.h"
#include "platform/system_clock.h"

namespace certmgr::test {
namespace {

class CountingResolver final : public Resolver {
 public:
  std::optional<Trouble> trouble;
  std::atomic<int> caa_questions = 0;
  std::atomic<int> address_questions = 0;

  Result<CaaSet> caa(const std::string&) override {
    ++caa_questions;
    if (trouble) return fail(*trouble);
    return CaaSet{};
  }
  Result<HostAddresses> addresses(const std::string&) override {
    ++address_questions;
    return HostAddresses{{"127.0.0.1"}, {}};
  }
  Result<DnssecState> dnssec(const std::string&) override { return DnssecState::insecure; }
  Result<TxtAnswers> txt_everywhere(const std::string&) override { return TxtAnswers{}; }
  Result<CnameChain> cname_chain(const std::string& name) override { return CnameChain{{name}}; }
};

class CountingTrial final : public ProofTrial {
 public:
  std::atomic<int> tried = 0;
  Result<void> check(const ChallengeSettings&) override { return {}; }
  Trial try_out(const Identifier&, const ChallengeSettings&, const std::vector<std::string>&) override {
    ++tried;
    return {};
  }
};

class SmallHost final : public HostView {
 public:
  [[nodiscard]] std::vector<std::string> addresses() const override { return {"127.0.0.1"}; }
  [[nodiscard]] Result<void> check_secret(const std::string&) const override { return {}; }
  [[nodiscard]] Result<void> check_key_in_place(const std::string&) const override { return {}; }
  [[nodiscard]] Result<void> check_program(const std::string&) const override { return {}; }
};

class NoScout final : public CaScout {
 public:
  Result<CaSighting> look(const std::string&) override {
    return fail({.kind = TroubleKind::transient, .code = "ca_unreachable"});
  }
};

class Daemons final : public DaemonPresence {
 public:
  bool run = false;
  [[nodiscard]] std::optional<std::string> serving(TaskKind) const override {
    return run ? std::optional<std::string>("pid 1") : std::nullopt;
  }
};

struct Bench {
  lab::TempDir dir;
  platform::SystemClock clock;
  store::Database database{(dir / "certmgr.db").string()};
  store::SqliteAccountStore accounts{database, clock};
  store::SqliteCertificateStore certificates{database, clock};
  store::SealedKeyring keyring{store::StoreKey::load("none", database)};
  FakeConnector connector;
  AccountDesk desk{connector, accounts, certificates,
                   keyring,   clock,    AccountTerms{{}, true, KeyType::ecdsa_p256}};
  CountingResolver resolver;
  CountingTrial trial;
  SmallHost host;
  NoScout scout;
  Daemons daemons;
  Preflight preflight{{resolver, trial, host, desk, scout, daemons}, true};
};

CertificateSpec spec_of(int names) {
  CertificateSpec spec;
  spec.label = "many";
  spec.ca = "fake";
  for (int i = 0; i < names; ++i)
    spec.identifiers.push_back({IdentifierType::dns, "n" + std::to_string(i) + ".example.com"});
  return spec;
}

TEST(PreflightService, LooksAtEveryNameOnce) {
  Bench bench;
  const auto findings = bench.preflight.before_order(spec_of(50));
  EXPECT_EQ(gravest(findings), Severity::ok);
  EXPECT_EQ(bench.resolver.caa_questions, 50);
  EXPECT_EQ(bench.resolver.address_questions, 50);
  EXPECT_EQ(bench.trial.tried, 50);
  EXPECT_EQ(bench.connector.ca->accounts_made, 1);
}

TEST(PreflightService, AResolverThatIsSilentIsNotAskedForEveryName) {
  Bench bench;
  bench.resolver.trouble =
      Trouble{.kind = TroubleKind::transient, .code = "dns_no_answer", .what = "silence"};
  const auto findings = bench.preflight.before_order(spec_of(50));
  EXPECT_EQ(gravest(findings), Severity::warning);
  EXPECT_LE(bench.resolver.caa_questions, 8) << "those that were under way";
  EXPECT_EQ(bench.resolver.address_questions, 0);
}

TEST(PreflightService, WhatADaemonWillDoIsNotTriedHere) {
  Bench bench;
  bench.daemons.run = true;
  static_cast<void>(bench.preflight.before_order(spec_of(2)));
  EXPECT_EQ(bench.trial.tried, 0);
  EXPECT_EQ(bench.resolver.caa_questions, 2);
}

TEST(PreflightService, ACaThatCannotBeReachedLeavesOutWhatNeedsIt) {
  Bench bench;
  const auto findings = bench.preflight.without_account(spec_of(1));
  EXPECT_EQ(gravest(findings), Severity::ok);
  EXPECT_TRUE(
      std::none_of(findings.begin(), findings.end(), [](const Finding& f) { return f.check == "clock"; }));
  EXPECT_TRUE(bench.accounts.accounts().empty());
}

}  // namespace
}  // namespace certmgr::test
