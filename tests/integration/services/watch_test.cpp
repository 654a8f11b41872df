// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "adapters/store/renewal_store.h"
#include "upkeep_world.h"

namespace certmgr::test {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class LiveWatch : public UpkeepWorld {
 protected:
  AlarmDraft only_alarm() {
    const auto open = alarm_store_.open_alarms();
    EXPECT_EQ(open.size(), 1U);
    return open.empty() ? AlarmDraft{} : open.front().draft;
  }
};

TEST_F(LiveWatch, LooksEveryHourAndSaysNothingWhileAllIsWell) {
  deploy(issue());
  pass(1s);
  EXPECT_EQ(watch().state, WatchState::good);
  static_cast<void>(news());
  const int before = eyes_.looks;
  pass(5h + 1s);
  EXPECT_EQ(eyes_.looks - before, 5);
  EXPECT_EQ(eyes_.asked, "pbx.example") << "the listener is asked for the certificate's name";
  EXPECT_THAT(news(), IsEmpty());
  EXPECT_THAT(alarms(), IsEmpty());
  EXPECT_EQ(all_deployments().size(), 1U);
}

TEST_F(LiveWatch, RepairsWhatSomebodyChangedBack) {
  const Version version = issue();
  deploy(version);
  pass(10min);
  static_cast<void>(news());
  change_back();
  pass(1h);
  EXPECT_EQ(last().reason, "repair");
  EXPECT_EQ(name_of(last().state), "verified");
  EXPECT_EQ(watch().state, WatchState::good);
  EXPECT_EQ(eyes_.probe({"tls", "h", 1, ""}, "", 1s).fingerprint, version.fingerprint);
  const auto happened = news();
  EXPECT_EQ(happened.front(), "watch.wrong");
  EXPECT_EQ(happened.back(), "watch.good");
  EXPECT_THAT(happened, Contains("deployment.verified"));
  EXPECT_THAT(alarms(), IsEmpty()) << "nobody need be told of what is well again";
  EXPECT_THAT(inspector_.check().findings, IsEmpty());
}

TEST_F(LiveWatch, ReloadsAServerThatWasNot) {
  deploy(issue());
  pass(10min);
  pbx_.loaded = "old";  // restarted with another configuration: the files are right
  pass(1h);
  EXPECT_EQ(last().reason, "repair");
  EXPECT_EQ(name_of(last().state), "verified");
}

TEST_F(LiveWatch, TellsAPersonOfWhatComesBackEachTime) {
  deploy(issue());
  pass(10min);
  for (int hour = 0; hour < 3; ++hour) {
    change_back();
    EXPECT_THAT(alarms(), IsEmpty()) << hour;
    pass(1h);
  }
  EXPECT_EQ(all_deployments().size(), 4U) << "the first and three repairs";
  change_back();
  pass(1h);
  EXPECT_THAT(alarms(), ElementsAre("listener_wrong pbx"));
  EXPECT_EQ(watch().state, WatchState::parked);
  EXPECT_EQ(all_deployments().size(), 4U) << "enough is enough";
  const auto alarm = only_alarm();
  EXPECT_THAT(alarm.text, AllOf(HasSubstr("pbx.example"), HasSubstr("tls://127.0.0.1:5061")));
  EXPECT_THAT(alarm.hint, HasSubstr("certmgr deploy pbx.example --server pbx"));
  pass(24h);
  EXPECT_GT(all_deployments().size(), 4U) << "but not for ever";
  EXPECT_THAT(alarms(), IsEmpty()) << "this time it lasted";
  EXPECT_EQ(watch().repairs, 0);
}

TEST_F(LiveWatch, ARepairThatFailsIsTriedAgainLikeAnyDeployment) {
  deploy(issue());
  pass(10min);
  change_back();
  pbx_.check_exit = 1;
  pass(1h);
  EXPECT_EQ(watch().state, WatchState::failed);
  EXPECT_THAT(alarms(), ElementsAre("deployment_failed pbx"));
  pbx_.check_exit = 0;
  pass(24h);
  EXPECT_EQ(name_of(last().state), "verified");
  EXPECT_THAT(alarms(), IsEmpty());
}

TEST_F(LiveWatch, TellsOfAListenerThatIsDownAndNeverDeploysForIt) {
  deploy(issue());
  pass(10min);
  static_cast<void>(news());
  eyes_.down = true;
  pass(52min);
  EXPECT_EQ(watch().state, WatchState::unreachable);
  EXPECT_THAT(news(), ElementsAre("watch.unreachable"));
  EXPECT_THAT(alarms(), IsEmpty()) << "it may be restarting";
  pass(5min);
  EXPECT_THAT(alarms(), ElementsAre("listener_down pbx"));
  EXPECT_THAT(only_alarm().text, HasSubstr("connection refused"));
  pass(24h);
  EXPECT_EQ(all_deployments().size(), 1U);
  static_cast<void>(news());
  eyes_.down = false;
  pass(1h);
  EXPECT_EQ(watch().state, WatchState::good);
  EXPECT_THAT(alarms(), IsEmpty());
  EXPECT_THAT(news(), ElementsAre("alarm.cleared", "watch.good"));
}

TEST_F(LiveWatch, TriesAFailedDeploymentAgainUntilItWorks) {
  pbx_.reload_exit = 1;
  deploy(issue());
  pass(1s);
  EXPECT_EQ(name_of(last().state), "rolled_back");
  EXPECT_THAT(alarms(), ElementsAre("deployment_failed pbx"));
  EXPECT_THAT(only_alarm().text, AllOf(HasSubstr("reload failed"), HasSubstr("tried again at")));
  pass(24h);
  const auto tries = all_deployments();
  ASSERT_GE(tries.size(), 8U);
  EXPECT_LE(tries.size(), 15U);
  for (std::size_t i = 2; i < tries.size(); ++i) {
    EXPECT_EQ(tries[i].reason, "retry");
    const Duration pause = tries[i].created_at - tries[i - 1].created_at;
    const Duration before = tries[i - 1].created_at - tries[i - 2].created_at;
    EXPECT_GE(pause, before) << i;
    EXPECT_LE(pause, 2 * before) << i;
  }
  pbx_.reload_exit = 0;
  pass(24h);
  EXPECT_EQ(name_of(last().state), "verified");
  EXPECT_EQ(watch().state, WatchState::good);
  EXPECT_EQ(watch().failures, 0);
  EXPECT_THAT(alarms(), IsEmpty());
  EXPECT_THAT(inspector_.check().findings, IsEmpty());
}

TEST_F(LiveWatch, TriesMoreOftenWhenTimeRunsOut) {
  pbx_.reload_exit = 1;
  eyes_.not_after = clock_.now() + 3h;  // of the old one, which is still presented
  deploy(issue());
  pass(1h);
  const auto before = all_deployments().size();
  pass(30min);
  EXPECT_GE(all_deployments().size() - before, 6U) << "at least every five minutes";
}

TEST_F(LiveWatch, ANewVersionIsLeftToWhoeverObtainedIt) {
  pbx_.reload_exit = 1;
  deploy(issue());
  pass(1s);
  static_cast<void>(issue());
  pass(24h);
  EXPECT_EQ(all_deployments().size(), 1U) << "the old version was deployed again";
}

TEST_F(LiveWatch, WhatIsSeenDuringADeploymentIsNotJudged) {
  deploy(issue());
  pass(10min);
  const Version newer = issue();
  // The look begins; before it sees anything, the next version is there.
  eyes_.meanwhile = [&] {
    deploy(newer, "renew");
    while (work_once()) {
    }
  };
  pass(2h);
  for (const auto& deployment : all_deployments()) EXPECT_NE(deployment.reason, "repair");
  EXPECT_EQ(last().version_id, newer.id);
  EXPECT_EQ(watch().state, WatchState::good);
}

TEST_F(LiveWatch, AServerWithoutListenersIsNotLookedAt) {
  server_.verify.clear();
  servers_.change_server(server_, {"server.changed", "pbx", {}});
  deploy(issue());
  pass(24h);
  EXPECT_EQ(eyes_.looks, 0);
  EXPECT_EQ(watch().state, WatchState::unknown);
}

TEST_F(LiveWatch, EndsWithItsServer) {
  deploy(issue());
  pass(10min);
  servers_.remove_server(server_.id, {"server.removed", "pbx", {}});
  const int before = eyes_.looks;
  pass(24h);
  EXPECT_EQ(eyes_.looks, before);
  EXPECT_FALSE(watches_.watch(server_.id));
}

class LiveRevocation : public UpkeepWorld {
 protected:
  bool renewal_is_due() {
    const TaskRef task{TaskKind::renewal, certificate_.id};
    const auto claim = queue_.claim(task, clock_.now(), 1s, false);
    queue_.release(task);
    return claim.result == ClaimResult::claimed;
  }
  void put_renewal_to_sleep() {
    store::SqliteRenewalStore renewals(database_, clock_);
    Renewal renewal;
    renewal.certificate_id = certificate_.id;
    renewal.state = RenewalState::fresh;
    renewal.wake_at = clock_.now() + std::chrono::days(60);
    renewals.save_renewal({renewal});
  }
  RevocationAnswer good() { return {true, false, {}, "", clock_.now() + std::chrono::days(7)}; }
};

TEST_F(LiveRevocation, IsAskedAboutTwiceADay) {
  static_cast<void>(issue());
  lists_.answer = good();
  pass(59min);
  EXPECT_EQ(lists_.asked, 0) << "a list made before says nothing";
  pass(2min);
  EXPECT_EQ(lists_.asked, 1);
  pass(24h);
  EXPECT_EQ(lists_.asked, 3);
  lists_.answer->next_update = clock_.now() + 13h;
  pass(24h);
  EXPECT_GE(lists_.asked, 5);
  EXPECT_THAT(alarms(), IsEmpty());
}

TEST_F(LiveRevocation, IsAskedAboutDailyWhereThereIsNoList) {
  static_cast<void>(issue());
  pass(1h + std::chrono::days(4) + 1s);
  EXPECT_EQ(lists_.asked, 5);
}

TEST_F(LiveRevocation, RenewsAtOnceAndTells) {
  const Version version = issue();
  put_renewal_to_sleep();
  lists_.answer = RevocationAnswer{true, true, clock_.now(), "keyCompromise", std::nullopt};
  static_cast<void>(news());
  EXPECT_FALSE(renewal_is_due());
  pass(61min);
  EXPECT_TRUE(renewal_is_due());
  EXPECT_EQ(revocations_.revocation(version.id)->reason, "keyCompromise");
  EXPECT_THAT(alarms(), ElementsAre("revoked pbx.example"));
  EXPECT_THAT(alarm_store_.open_alarms().front().draft.text, HasSubstr("keyCompromise"));
  EXPECT_THAT(news(), AllOf(Contains("certificate.revoked"), Contains("alarm.raised")));
  pass(24h);
  EXPECT_EQ(lists_.asked, 1) << "revoked is revoked";
  EXPECT_THAT(news(), Not(Contains("certificate.revoked")));

  lists_.answer = good();
  static_cast<void>(issue());
  pass(11min);
  EXPECT_THAT(alarms(), IsEmpty()) << "a newer version is there";
  EXPECT_THAT(inspector_.check().findings, IsEmpty());
}

TEST_F(LiveRevocation, ThatCannotBeAskedForIsTriedAgainMoreAndMoreRarely) {
  static_cast<void>(issue());
  lists_.answer = fail(Trouble{.kind = TroubleKind::transient, .code = "crl_unreachable", .what = "x"});
  pass(1h + 1s);
  EXPECT_EQ(lists_.asked, 1);
  pass(20min);
  EXPECT_GE(lists_.asked, 3);
  pass(std::chrono::days(3));
  const int before = lists_.asked;
  pass(24h);
  EXPECT_LE(lists_.asked - before, 5);
  EXPECT_GE(lists_.asked - before, 2);
  EXPECT_THAT(alarms(), IsEmpty());
}

}  // namespace
}  // namespace certmgr::test
