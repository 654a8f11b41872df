// SPDX-License-Identifier: MIT
// A new key for an account, whatever happens in between.
#include <gmock/gmock.h>

#include <csignal>
#include <random>
#include <thread>

#include "e2e/world/world.h"
#include "lab/strict_ca/strict_ca.h"

namespace certmgr::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
namespace resources = lab::strict::resources;

class KeyChange : public ::testing::Test {
 protected:
  KeyChange() {
    ca_.change([](auto& behaviour) { behaviour.always_valid = true; });
    EXPECT_EQ(run({"issue", "a.example.com"}).exit_code, 0);
  }
  ~KeyChange() override { EXPECT_THAT(ca_.violations(), IsEmpty()); }
  [[nodiscard]] lab::Outcome run(const Arguments& arguments) const { return certmgr_.run(arguments); }
  [[nodiscard]] json run_json(Arguments arguments, int code = 0) const {
    arguments.emplace_back("--json");
    const auto outcome = certmgr_.run(arguments);
    EXPECT_EQ(outcome.exit_code, code) << outcome.output << outcome.errors;
    return outcome.json();
  }
  [[nodiscard]] json account() const { return run_json({"account", "list"})["accounts"][0]; }
  /// One key of the account, one for each version.
  void expect_sound(int keys) const {
    const auto health = run_json({"db", "check"});
    EXPECT_EQ(health["ok"], true) << health.dump(2);
    EXPECT_EQ(health["keys"], keys);
    EXPECT_EQ(account()["key_change_open"], false);
    EXPECT_EQ(ca_.count(resources::kNewAccount), asked_by_key_ + 1) << "no second account";
  }

  lab::StrictCa ca_;
  lab::Certmgr certmgr_{CERTMGR_TEST_PROGRAM, lab::config_for(ca_)};
  int asked_by_key_ = 0;
};

TEST_F(KeyChange, EndsWithOneKeyThatTheCaKnows) {
  const auto changed = run_json({"account", "rotate-key", "--key-type", "ecdsa-p384"});
  EXPECT_EQ(changed["key_changed"], true);
  EXPECT_EQ(run_json({"account", "show"})["account"]["status"], "valid");
  EXPECT_EQ(run({"renew", "--force", "a.example.com"}).exit_code, 0);
  EXPECT_EQ(ca_.count(resources::kKeyChange), 1);
  expect_sound(3);
  EXPECT_THAT(run({"history", "--json"}).output, HasSubstr("account.key_changed"));
}

TEST_F(KeyChange, WhoseAnswerIsLostIsLookedUp) {
  ca_.lose_answer(resources::kKeyChange);
  EXPECT_EQ(run({"account", "rotate-key"}).exit_code, 0) << "the CA knows the new key";
  asked_by_key_ = 1;
  expect_sound(2);
}

TEST_F(KeyChange, ThatWasCutOffIsBroughtToItsEndByWhateverComesNext) {
  ca_.lose_answer(resources::kKeyChange);
  ca_.refuse(resources::kNewAccount, {.type = "serverInternal", .status = 500, .detail = "not now"});
  const auto cut_off = run({"account", "rotate-key"});
  EXPECT_EQ(cut_off.exit_code, 1);
  EXPECT_THAT(cut_off.errors, HasSubstr("both keys are kept"));
  EXPECT_EQ(account()["key_change_open"], true);
  EXPECT_EQ(run_json({"db", "check"})["keys"], 3) << "both keys of the account";
  EXPECT_EQ(run({"renew", "--force", "a.example.com"}).exit_code, 0);
  asked_by_key_ = 2;
  expect_sound(3);
}

TEST_F(KeyChange, ThatNeverReachedTheCaGoesOnWithTheSameKey) {
  ca_.refuse(resources::kKeyChange, {.type = "serverInternal", .status = 500, .detail = "not now"});
  EXPECT_THAT(run_json({"account", "rotate-key"}, 1)["error"]["hint"],
              HasSubstr("the old key, which is used on"));
  EXPECT_EQ(run({"renew", "--force", "a.example.com"}).exit_code, 0) << "with the old key";
  EXPECT_EQ(account()["key_change_open"], true);
  EXPECT_EQ(run({"account", "rotate-key"}).exit_code, 0);
  asked_by_key_ = 3;
  expect_sound(3);
}

TEST_F(KeyChange, ThatTheCaRefusesIsGivenUp) {
  ca_.refuse(resources::kKeyChange, {.type = "badPublicKey", .status = 400, .detail = "too ugly"});
  const auto error = run_json({"account", "rotate-key"}, 1)["error"];
  EXPECT_EQ(error["code"], "acme_badPublicKey");
  asked_by_key_ = 1;
  expect_sound(2);
  EXPECT_EQ(run({"renew", "--force", "a.example.com"}).exit_code, 0);
}

TEST_F(KeyChange, ThatTheCaOnlyNamesInItsDirectoryIsGivenUpToo) {
  ca_.refuse(resources::kKeyChange,
             {.type = "rejectedIdentifier", .status = 501, .detail = "not implemented"});
  const auto error = run_json({"account", "rotate-key"}, 1)["error"];
  EXPECT_EQ(error["code"], "not_offered");
  EXPECT_THAT(error["hint"], HasSubstr("nothing has changed"));
  asked_by_key_ = 1;
  expect_sound(2);
}

TEST_F(KeyChange, ThatIsOpenIsNotBlamedForWhatTheCaRefusesForAnotherReason) {
  ca_.refuse(resources::kKeyChange, {.type = "serverInternal", .status = 500, .detail = "not now"});
  EXPECT_EQ(run({"account", "rotate-key"}).exit_code, 1);
  ca_.refuse(resources::kNewOrder, {.type = "rejectedIdentifier", .status = 403, .detail = "not this one"});
  const auto error = run_json({"issue", "b.example.com"}, 1)["error"];
  EXPECT_EQ(error["code"], "acme_rejectedIdentifier");
  EXPECT_THAT(error["hint"], HasSubstr("will not certify this name"));
}

TEST_F(KeyChange, KilledAtAnyMomentLeavesAnAccountThatWorks) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  int killed = 0;
  for (int i = 0; i < 20; ++i) {
    auto process = certmgr_.start({"account", "rotate-key"});
    // The kill is the subject of the test, so the wait before it is no synchronisation.
    std::this_thread::sleep_for(
        std::chrono::milliseconds(std::uniform_int_distribution<unsigned>(0, 40)(random)));
    killed += process.running() ? 1 : 0;
    process.signal(SIGKILL);
    process.end();
    if (i % 5 == 4) {
      EXPECT_EQ(run({"account", "show"}).exit_code, 0);
    }
  }
  EXPECT_GT(killed, 3) << "the kills came too late: the test proves nothing";
  EXPECT_EQ(run({"account", "rotate-key"}).exit_code, 0);
  EXPECT_EQ(run({"renew", "--force", "a.example.com"}).exit_code, 0);
  const auto health = run_json({"db", "check"});
  EXPECT_EQ(health["ok"], true) << health.dump(2);
  EXPECT_EQ(health["keys"], 3);
}

TEST_F(KeyChange, IsSeenByADaemonThatHasTheOldKeyOpen) {
  auto daemon = certmgr_.start({"daemon"});
  ASSERT_TRUE(lab::wait_until([&] { return daemon.errors().find("at work") != std::string::npos; }));
  EXPECT_EQ(run({"issue", "b.example.com"}).exit_code, 0) << "by the daemon";
  EXPECT_EQ(run({"account", "rotate-key"}).exit_code, 0);
  EXPECT_EQ(run({"issue", "c.example.com"}).exit_code, 0) << daemon.errors();
  daemon.signal(SIGTERM);
  EXPECT_EQ(daemon.wait(std::chrono::seconds(20)), 0);
}

}  // namespace
}  // namespace certmgr::e2e
