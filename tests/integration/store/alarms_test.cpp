// SPDX-License-Identifier: MIT
// What the store of alarms has to do: one alarm per kind and subject, each channel told once of its
// beginning and, if it was told, once of its end.
#include <memory>

#include "integration/store/stores_fixture.h"

namespace certmgr::store::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

AlarmDraft failing(const std::string& text = "the CA does not answer") {
  return {AlarmKind::renewal_failing, "pbx.example.com", text, "look at the CA's status page", "503"};
}

class Alarms : public Stores {
 protected:
  using Said = std::pair<std::string, Notice::Message>;

  std::vector<DueTask> due(const std::string& party) {
    auto tasks = bench_.tasks.claim_due(party, bench_.clock.now(), std::chrono::minutes(5), 100);
    std::vector<TaskRef> claimed;
    for (const auto& task : tasks) claimed.push_back(task.task);
    bench_.tasks.release_all(claimed);
    return tasks;
  }
  /// Every message that is due through one of the channels.
  std::vector<Delivery> waiting(const std::vector<std::string>& channels = {"mail", "chat"}) {
    std::vector<Delivery> all;
    for (const auto& channel : channels)
      for (const auto& task : due("notify:" + channel)) {
        EXPECT_EQ(task.task.kind, TaskKind::delivery);
        auto delivery = bench_.alarms.delivery(task.task.subject_id);
        EXPECT_TRUE(delivery.has_value());
        if (delivery) all.push_back(std::move(*delivery));
      }
    return all;
  }
  std::vector<Said> said() {
    std::vector<Said> all;
    for (const auto& delivery : waiting()) all.emplace_back(delivery.channel, delivery.message);
    return all;
  }
  void send_all() {
    for (const auto& delivery : waiting()) bench_.alarms.delivered(delivery.id);
  }
  std::int64_t only_delivery() {
    const auto all = waiting();
    EXPECT_EQ(all.size(), 1U);
    return all.at(0).id;
  }
  std::string newest_event() { return bench_.events.events("", 1).at(0).draft.kind; }
};

TEST_F(Alarms, ARaisedOneIsOpenAndWaitsToBeToldByEachChannel) {
  EXPECT_TRUE(bench_.alarms.raise(failing(), {"mail", "chat"}));
  const auto open = bench_.alarms.open_alarms();
  ASSERT_EQ(open.size(), 1U);
  EXPECT_EQ(open[0].draft, failing());
  EXPECT_EQ(open[0].raised_at, bench_.clock.now());
  EXPECT_FALSE(open[0].cleared_at.has_value());
  EXPECT_THAT(said(), UnorderedElementsAre(Pair("mail", Notice::Message::raised),
                                           Pair("chat", Notice::Message::raised)));
  const auto delivery = waiting({"mail"}).at(0);
  EXPECT_EQ(delivery.alarm.draft, failing());
  EXPECT_EQ(delivery.attempts, 0);
  const auto event = bench_.events.events("pbx.example.com", 1).at(0);
  EXPECT_EQ(event.draft.kind, "alarm.raised");
  EXPECT_EQ(event.draft.data.at("alarm"), "renewal_failing");
  expect_sound();
}

TEST_F(Alarms, NobodyIsToldTwiceButTheWordsAreTheNewest) {
  ASSERT_TRUE(bench_.alarms.raise(failing(), {"mail"}));
  send_all();
  const auto events = event_count();
  EXPECT_FALSE(bench_.alarms.raise(failing("the account was deactivated"), {"mail", "chat"}));
  EXPECT_THAT(said(), IsEmpty());
  EXPECT_EQ(event_count(), events);
  ASSERT_EQ(bench_.alarms.open_alarms().size(), 1U);
  EXPECT_EQ(bench_.alarms.open_alarms()[0].draft.text, "the account was deactivated");
}

TEST_F(Alarms, AReminderIsToldToThoseWhoKnowAndOnceToThoseWhoWait) {
  bench_.alarms.remind(failing(), {"mail"});
  EXPECT_EQ(newest_event(), "alarm.raised");
  send_all();
  bench_.alarms.remind(failing("seven days are left"), {"mail", "chat"});
  bench_.alarms.remind(failing("one day is left"), {"mail", "chat"});
  EXPECT_EQ(newest_event(), "alarm.reminded");
  EXPECT_THAT(said(), UnorderedElementsAre(Pair("mail", Notice::Message::raised),
                                           Pair("chat", Notice::Message::raised)));
  EXPECT_EQ(waiting({"mail"}).at(0).alarm.draft.text, "one day is left");
  EXPECT_EQ(bench_.alarms.open_alarms().size(), 1U);
  expect_sound();
}

TEST_F(Alarms, AChannelThatWasRemindedHearsOfTheRecoveryOnce) {
  bench_.alarms.remind(failing(), {"mail"});
  send_all();
  bench_.alarms.remind(failing("again"), {"mail"});
  send_all();
  bench_.alarms.remind(failing("and again"), {"mail"});
  bench_.alarms.clear(failing().kind, failing().subject);
  EXPECT_THAT(said(), ElementsAre(Pair("mail", Notice::Message::recovered)));
}

TEST_F(Alarms, OtherKindsAndSubjectsAreAlarmsOfTheirOwn) {
  AlarmDraft other_subject = failing();
  other_subject.subject = "web.example.com";
  AlarmDraft other_kind = failing();
  other_kind.kind = AlarmKind::expiry_near;
  for (const auto& draft : {failing(), other_subject, other_kind})
    EXPECT_TRUE(bench_.alarms.raise(draft, {"mail"})) << draft.subject;
  EXPECT_EQ(bench_.alarms.open_alarms().size(), 3U);
  EXPECT_TRUE(bench_.alarms.clear(AlarmKind::expiry_near, "pbx.example.com"));
  EXPECT_EQ(bench_.alarms.open_alarms().size(), 2U);
}

TEST_F(Alarms, OnlyAChannelThatWasToldHearsOfTheRecovery) {
  bench_.alarms.raise(failing(), {"mail", "chat"});
  for (const auto& delivery : waiting({"mail"})) bench_.alarms.delivered(delivery.id);
  bench_.clock.at += std::chrono::hours(1);
  EXPECT_TRUE(bench_.alarms.clear(AlarmKind::renewal_failing, "pbx.example.com"));
  EXPECT_THAT(said(), ElementsAre(Pair("mail", Notice::Message::recovered)));
  EXPECT_EQ(waiting({"mail"}).at(0).alarm.cleared_at, bench_.clock.now());
  EXPECT_THAT(bench_.alarms.open_alarms(), IsEmpty());
  EXPECT_EQ(newest_event(), "alarm.cleared");
  expect_sound();
}

TEST_F(Alarms, AMessageThatIsOnItsWayWhenTheAlarmEndsIsFollowedByTheRecovery) {
  bench_.alarms.raise(failing(), {"mail"});
  const auto id = only_delivery();
  bench_.alarms.clear(AlarmKind::renewal_failing, "pbx.example.com");
  EXPECT_FALSE(bench_.alarms.delivery(id).has_value());
  EXPECT_THAT(said(), IsEmpty());
  bench_.alarms.delivered(id);
  EXPECT_THAT(said(), ElementsAre(Pair("mail", Notice::Message::recovered)));
  send_all();
  EXPECT_THAT(said(), IsEmpty());
  expect_sound();
}

TEST_F(Alarms, ClearingWhatIsNotOpenChangesNothing) {
  const auto events = event_count();
  EXPECT_FALSE(bench_.alarms.clear(AlarmKind::revoked, "pbx.example.com"));
  EXPECT_EQ(event_count(), events);
  bench_.alarms.raise(failing(), {});
  EXPECT_TRUE(bench_.alarms.clear(AlarmKind::renewal_failing, "pbx.example.com"));
  EXPECT_FALSE(bench_.alarms.clear(AlarmKind::renewal_failing, "pbx.example.com"));
}

TEST_F(Alarms, ARecoveryStillWaitingIsNotSaidAfterTheAlarmIsBack) {
  bench_.alarms.raise(failing(), {"mail"});
  send_all();
  bench_.alarms.clear(AlarmKind::renewal_failing, "pbx.example.com");
  EXPECT_TRUE(bench_.alarms.raise(failing("again"), {"mail"}));
  EXPECT_THAT(said(), ElementsAre(Pair("mail", Notice::Message::raised)));
  EXPECT_EQ(waiting({"mail"}).at(0).alarm.draft.text, "again");
  expect_sound();
}

TEST_F(Alarms, AFailedMessageComesBackWhenToldAndCountsItsTries) {
  bench_.alarms.raise(failing(), {"mail"});
  const auto id = only_delivery();
  bench_.alarms.delivery_failed(id, "connection refused", bench_.clock.now() + std::chrono::minutes(2));
  EXPECT_THAT(said(), IsEmpty());
  bench_.clock.at += std::chrono::minutes(2);
  EXPECT_EQ(only_delivery(), id);
  EXPECT_EQ(bench_.alarms.delivery(id)->attempts, 1);
  expect_sound();
}

TEST_F(Alarms, ADroppedMessageLeavesALineAndIsNotFollowedByARecovery) {
  bench_.alarms.raise(failing(), {"mail"});
  const auto id = only_delivery();
  bench_.alarms.drop_delivery(id, "no such mailbox");
  EXPECT_FALSE(bench_.alarms.delivery(id).has_value());
  const auto event = bench_.events.events("pbx.example.com", 1).at(0).draft;
  EXPECT_EQ(event.kind, "delivery.dropped");
  EXPECT_EQ(event.data.at("channel"), "mail");
  EXPECT_EQ(event.data.at("why"), "no such mailbox");
  bench_.alarms.clear(AlarmKind::renewal_failing, "pbx.example.com");
  EXPECT_THAT(said(), IsEmpty());
  expect_sound();
}

TEST_F(Alarms, WhatIsSentOrDroppedTwiceIsNotedOnce) {
  bench_.alarms.raise(failing(), {"mail"});
  const auto id = only_delivery();
  bench_.alarms.delivered(id);
  EXPECT_EQ(newest_event(), "delivery.sent");
  const auto events = event_count();
  bench_.alarms.delivered(id);
  bench_.alarms.drop_delivery(id, "too late");
  bench_.alarms.delivery_failed(id, "too late", bench_.clock.now());
  EXPECT_EQ(event_count(), events);
  EXPECT_THAT(said(), IsEmpty());
}

TEST_F(Alarms, SurviveTheProcess) {
  auto first = std::make_unique<Bench>(folder_ / "other.db");
  first->alarms.raise(failing(), {"mail"});
  first.reset();
  Bench second(folder_ / "other.db");
  ASSERT_EQ(second.alarms.open_alarms().size(), 1U);
  EXPECT_EQ(second.alarms.open_alarms()[0].draft, failing());
  EXPECT_FALSE(second.alarms.raise(failing(), {"mail"}));
  const auto tasks = second.tasks.claim_due("notify:mail", second.clock.now(), std::chrono::minutes(5), 10);
  ASSERT_EQ(tasks.size(), 1U);
  EXPECT_TRUE(second.alarms.delivery(tasks[0].task.subject_id).has_value());
  EXPECT_THAT(second.inspector.check().findings, IsEmpty());
}

TEST_F(Alarms, WordsThatAreNoTextAreKeptReadable) {
  EXPECT_TRUE(bench_.alarms.raise(failing("a hook said \xff\xfe"), {"mail"}));
  EXPECT_EQ(bench_.alarms.open_alarms().at(0).draft.text, "a hook said \xEF\xBF\xBD\xEF\xBF\xBD");
  expect_sound();
}

TEST_F(Alarms, ARowThatCannotBeReadIsFoundByTheCheck) {
  bench_.alarms.raise(failing(), {"mail"});
  sql(bench_.database, "UPDATE alarms SET kind = 'earthquake'");
  EXPECT_EQ(failure_of([&] { bench_.alarms.open_alarms(); }).code, "store_corrupt");
  EXPECT_THAT(bench_.inspector.check().findings,
              ElementsAre(::testing::HasSubstr("unknown kind \"earthquake\"")));
}

TEST_F(Alarms, AMessageWithoutATaskIsFoundByTheCheck) {
  bench_.alarms.raise(failing(), {"mail"});
  sql(bench_.database, "DELETE FROM tasks WHERE kind = 'delivery'");
  EXPECT_THAT(bench_.inspector.check().findings, ElementsAre(::testing::HasSubstr("delivery")));
}

TEST_F(Alarms, ThoseOfAServerEndWithIt) {
  Server server;
  server.name = "web";
  server.type = "generic";
  server = bench_.servers.add_server(server, {"server.added", "web", {}});
  bench_.alarms.raise({AlarmKind::deployment_failed, "web", "the hook failed", "", ""}, {"mail"});
  send_all();
  bench_.servers.remove_server(server.id, {"server.removed", "web", {}});
  EXPECT_THAT(bench_.alarms.open_alarms(), IsEmpty());
  EXPECT_THAT(said(), ElementsAre(Pair("mail", Notice::Message::recovered)));
}

class PastAlarms : public Alarms {
 protected:
  static constexpr auto kKeep = std::chrono::days(90);

  void have_been(const std::string& subject, std::chrono::hours over_for) {
    const Instant now = bench_.clock.at;
    bench_.clock.at = now - over_for;
    AlarmDraft draft = failing();
    draft.subject = subject;
    bench_.alarms.raise(draft, {"mail"});
    send_all();
    bench_.alarms.clear(draft.kind, subject);
    send_all();
    bench_.clock.at = now;
  }
  Pruned prune(int limit = 100) { return bench_.alarms.prune(bench_.clock.now(), kKeep, limit); }
  std::string count(const std::string& table) {
    return sql_value(bench_.database, "SELECT count(*) FROM " + table);
  }
};

TEST_F(PastAlarms, AreRemovedWithTheirMessagesOnceTheyAreOldEnough) {
  have_been("old", kKeep);
  have_been("newer", kKeep - std::chrono::days(2));
  ASSERT_TRUE(bench_.alarms.raise(failing(), {"mail"}));
  ASSERT_EQ(count("deliveries"), "5");
  const auto events = event_count();
  const auto pruned = prune();
  EXPECT_EQ(pruned.removed, 1);
  EXPECT_EQ(pruned.again_at, bench_.clock.now() + std::chrono::days(2));
  EXPECT_EQ(count("alarms"), "2");
  EXPECT_EQ(count("deliveries"), "3");
  EXPECT_EQ(event_count(), events) << "what happened stays in the log, and this is none of it";
  expect_sound();
}

TEST_F(PastAlarms, AreRemovedInSmallBatches) {
  for (const char* subject : {"a", "b", "c"}) have_been(subject, kKeep);
  EXPECT_EQ(prune(2).again_at, bench_.clock.now());
  EXPECT_EQ(count("alarms"), "1");
  EXPECT_EQ(due("pruning").size(), 1U) << "there may be more";
  EXPECT_EQ(prune(2).again_at, std::nullopt);
  EXPECT_EQ(count("alarms"), "0");
  EXPECT_EQ(count("tasks WHERE kind = 'pruning'"), "0");
  expect_sound();
}

TEST_F(PastAlarms, AreLookedAtOnceADayAtMost) {
  have_been("a", kKeep - std::chrono::hours(25));
  EXPECT_EQ(prune().again_at, bench_.clock.now() + std::chrono::hours(25));
  have_been("b", std::chrono::hours(1));
  EXPECT_EQ(due("pruning").size(), 0U) << "a new one makes the task due in a day";
  have_been("c", kKeep - std::chrono::hours(3));
  EXPECT_EQ(prune().again_at, bench_.clock.now() + std::chrono::hours(24));
}

TEST_F(PastAlarms, StayWhileAMessageWaits) {
  bench_.clock.at -= kKeep;
  bench_.alarms.raise(failing(), {"mail"});
  send_all();
  bench_.alarms.clear(failing().kind, failing().subject);
  bench_.clock.at += kKeep;
  EXPECT_EQ(prune().removed, 0);
  send_all();
  EXPECT_EQ(prune().removed, 1);
}

TEST_F(PastAlarms, WithoutATaskAreFoundByTheCheck) {
  have_been("a", std::chrono::days(1));
  expect_sound();
  sql(bench_.database, "DELETE FROM tasks WHERE kind = 'pruning'");
  EXPECT_THAT(bench_.inspector.check().findings, ElementsAre(::testing::HasSubstr("past alarm")));
}

}  // namespace
}  // namespace certmgr::store::testing
