// SPDX-License-Identifier: MIT
#include "certmgr/services/alarm_desk.h"

#include <gmock/gmock.h>

#include "alarm_fakes.h"

namespace certmgr {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(AlarmDesk, ChoosesTheChannelsThatWantTheKind) {
  testing::NotedAlarms store;
  testing::ScriptedNotifier notifier;
  notifier.wanted = {{"all", {AlarmKind::revoked, AlarmKind::expiry_near}}, {"some", {AlarmKind::revoked}}};
  AlarmDesk desk(store, notifier);
  EXPECT_TRUE(desk.raise({AlarmKind::revoked, "a", "t", "h", ""}));
  EXPECT_TRUE(desk.raise({AlarmKind::expiry_near, "a", "t", "h", ""}));
  EXPECT_TRUE(desk.raise({AlarmKind::ca_account, "a", "t", "h", ""})) << "it is an alarm all the same";
  ASSERT_EQ(store.raised.size(), 3U);
  EXPECT_THAT(store.raised[0].second, ElementsAre("all", "some"));
  EXPECT_THAT(store.raised[1].second, ElementsAre("all"));
  EXPECT_THAT(store.raised[2].second, IsEmpty());
  EXPECT_THAT(notifier.sent, IsEmpty()) << "whoever raises does not wait for a mail server";
}

TEST(AlarmDesk, ClearsWhoeverWasTold) {
  testing::NotedAlarms store;
  testing::ScriptedNotifier notifier;
  AlarmDesk desk(store, notifier);
  EXPECT_TRUE(desk.clear(AlarmKind::revoked, "a"));
  EXPECT_THAT(store.cleared, ElementsAre(Pair(AlarmKind::revoked, "a")));
}

}  // namespace
}  // namespace certmgr
