// SPDX-License-Identifier: MIT
// What every provider does, whatever is behind it: the same table of behaviours against a real zone.
#include <functional>

#include "integration/dns_providers/bench.h"

namespace certmgr::dns_providers::testing {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

enum class Kind { rfc2136, acme_dns, exec, exec_raw, certbot, dehydrated, dehydrated_chain, acme_sh, uacme };

struct Provider {
  const char* name;
  Kind kind;
  bool removes = true;  // acme-dns cannot
};

class Contract : public Bench, public ::testing::WithParamInterface<Provider> {
 protected:
  void SetUp() override {
    settings_.way = way(GetParam().kind);
    mine_ = prepared(record("contract.example.test", 'a'));
    second_ = prepared(record("contract.example.test", 'b'));
    ASSERT_THAT(values_at(mine_.target), IsEmpty());
  }
  void TearDown() override {
    // acme-dns keeps its values; the next test wants an empty name.
    clear(mine_.target);
  }

  TxtRecord mine_;
  TxtRecord second_;

 private:
  DnsProviderWay way(Kind kind) {
    switch (kind) {
      case Kind::rfc2136: {
        Rfc2136Settings update;
        update.server = {"127.0.0.1", static_cast<std::uint16_t>(named().port())};
        update.key_file = named().key_file().string();
        return update;
      }
      case Kind::acme_dns:
        return acme_dns();
      case Kind::exec:
        return ExecSettings{hook("exec", kExecHook)};
      case Kind::exec_raw:
        return ExecSettings{hook("raw", kExecRawHook), true};
      case Kind::certbot:
        return CertbotSettings{{hook("auth", kCertbotAuthHook)}, {hook("cleanup", kCertbotCleanupHook)}};
      case Kind::dehydrated:
        return DehydratedSettings{hook("hook.sh", kDehydratedHook)};
      case Kind::dehydrated_chain:
        return DehydratedSettings{hook("hook.sh", kDehydratedHook), true};
      case Kind::acme_sh:
        hook("home/acme.sh", kAcmeSh);
        hook("home/dnsapi/dns_lab.sh", kDnsApi);
        return AcmeShSettings{path("home"), "dns_lab"};
      case Kind::uacme:
        break;
    }
    return UacmeSettings{hook("uacme", kUacmeHook)};
  }
  AcmeDnsSettings acme_dns() {
    acme_dns_ = std::make_unique<lab::AcmeDnsServer>("user", "key", "account", [this](const auto& values) {
      clear("account.auth.test");
      std::string lines;
      for (const auto& value : values) lines += "update add account.auth.test. 60 IN TXT \"" + value + "\"\n";
      nsupdate(lines);
    });
    AcmeDnsSettings settings;
    settings.url = acme_dns_->url();
    settings.credentials_file =
        write("accounts.json",
              R"({"contract.example.test": {"username": "user", "password": "key", "allowfrom": [],
                  "fulldomain": "account.auth.test", "subdomain": "account"}})",
              0600);
    return settings;
  }
  /// Where providers that are told a place put it; hooks that know the domain alone build the name.
  static TxtRecord prepared(TxtRecord record) {
    if (GetParam().kind == Kind::acme_dns) return delegated(record, {{record.name, "account.auth.test"}});
    // The alias is there for acme-dns alone.
    record.identifier = "plain.contract.example.test";
    record.name = record.target = "_acme-challenge." + record.identifier;
    return record;
  }
  void clear(const std::string& name) { nsupdate("update delete " + name + ". TXT\n"); }
  void nsupdate(const std::string& lines) {
    write("update", "server 127.0.0.1 " + std::to_string(named().port()) + "\n" + lines + "send\n", 0600);
    lab::Process process({.command = {lab::find_program("nsupdate").string(), "-k",
                                      named().key_file().string(), path("update")}});
    ASSERT_EQ(process.wait(std::chrono::seconds(20)), 0);
  }

  std::unique_ptr<lab::AcmeDnsServer> acme_dns_;
};

TEST_P(Contract, PresentsAndWithdraws) {
  const auto done = present({mine_});
  ASSERT_TRUE(done) << done.error().message() << "\n" << done.error().detail;
  EXPECT_THAT(values_at(mine_.target), UnorderedElementsAre(mine_.value));
  const auto gone = withdraw({mine_});
  ASSERT_TRUE(gone) << gone.error().message() << "\n" << gone.error().detail;
  if (GetParam().removes) {
    EXPECT_THAT(values_at(mine_.target), IsEmpty());
  }
}

TEST_P(Contract, TwoValuesStandAtOneName) {
  ASSERT_TRUE(present({mine_, second_}));
  EXPECT_THAT(values_at(mine_.target), UnorderedElementsAre(mine_.value, second_.value));
  ASSERT_TRUE(withdraw({mine_, second_}));
  if (GetParam().removes) {
    EXPECT_THAT(values_at(mine_.target), IsEmpty());
  }
}

TEST_P(Contract, ASecondValueLeavesTheFirstAndOneWithdrawnLeavesTheOther) {
  ASSERT_TRUE(present({mine_}));
  ASSERT_TRUE(present({second_}));
  EXPECT_THAT(values_at(mine_.target), UnorderedElementsAre(mine_.value, second_.value));
  ASSERT_TRUE(withdraw({mine_}, ChallengeOutcome::failed));
  EXPECT_THAT(values_at(mine_.target), Contains(second_.value));
  if (GetParam().removes) {
    EXPECT_THAT(values_at(mine_.target), Not(Contains(mine_.value)));
  }
}

TEST_P(Contract, AllMayBeRepeated) {
  ASSERT_TRUE(present({mine_}));
  const auto again = present({mine_});
  ASSERT_TRUE(again) << again.error().message();
  EXPECT_THAT(values_at(mine_.target), Contains(mine_.value));
  ASSERT_TRUE(withdraw({mine_}));
  const auto gone = withdraw({mine_});
  EXPECT_TRUE(gone) << gone.error().message();
}

TEST_P(Contract, WithdrawsWhatWasNeverPresented) {
  EXPECT_TRUE(withdraw({mine_}));
  EXPECT_TRUE(present({}));
  EXPECT_TRUE(withdraw({}));
}

TEST_P(Contract, HostileRecordsGoNowhere) {
  using Spoil = std::function<void(TxtRecord&)>;
  const std::vector<Spoil> all = {[](TxtRecord& r) { r.target = "x.example.test; touch /tmp/pwned"; },
                                  [](TxtRecord& r) { r.target = "-k.example.test"; },
                                  [](TxtRecord& r) { r.target = "a..example.test"; },
                                  [](TxtRecord& r) { r.target = "X.example.test"; },
                                  [](TxtRecord& r) { r.name = ""; },
                                  [](TxtRecord& r) { r.identifier = "$(id).example.test"; },
                                  [](TxtRecord& r) { r.identifier = "../../etc/passwd"; },
                                  [](TxtRecord& r) { r.identifier = std::string("a\0b.test", 8); },
                                  [](TxtRecord& r) { r.value = "\"\nupdate delete example.test"; },
                                  [](TxtRecord& r) { r.value = ""; },
                                  [](TxtRecord& r) { r.value = std::string(256, 'a'); },
                                  [](TxtRecord& r) { r.token = "../x"; },
                                  [](TxtRecord& r) { r.key_authorization = "other.thumbprint"; }};
  for (std::size_t i = 0; i < all.size(); ++i) {
    TxtRecord hostile = mine_;
    all[i](hostile);
    EXPECT_EQ(trouble_of(present({hostile})).kind, TroubleKind::permanent) << i;
    EXPECT_EQ(trouble_of(withdraw({hostile})).kind, TroubleKind::permanent) << i;
  }
  EXPECT_THAT(values_at(mine_.target), IsEmpty());
  EXPECT_THAT(calls(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(All, Contract,
                         ::testing::Values(Provider{"Rfc2136", Kind::rfc2136},
                                           Provider{"AcmeDns", Kind::acme_dns, false},
                                           Provider{"Exec", Kind::exec}, Provider{"ExecRaw", Kind::exec_raw},
                                           Provider{"Certbot", Kind::certbot},
                                           Provider{"Dehydrated", Kind::dehydrated},
                                           Provider{"DehydratedChain", Kind::dehydrated_chain},
                                           Provider{"AcmeSh", Kind::acme_sh}, Provider{"Uacme", Kind::uacme}),
                         [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace certmgr::dns_providers::testing
