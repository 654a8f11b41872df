// SPDX-License-Identifier: MIT
#include "certmgr/domain/alarm.h"

#include <gmock/gmock.h>

#include <set>
#include <string>

namespace certmgr {
namespace {

TEST(AlarmKinds, EachHasAWordOfItsOwnThatReadsBack) {
  std::set<std::string> words;
  for (const AlarmKind kind : alarm_kinds()) {
    const std::string word(to_string(kind));
    EXPECT_FALSE(word.empty());
    EXPECT_EQ(parse_alarm_kind(word), kind) << word;
    EXPECT_TRUE(words.insert(word).second) << word << " stands for two kinds";
  }
  EXPECT_EQ(words.size(), 11U);
}

TEST(AlarmKinds, TheWordsAreAContract) {
  EXPECT_EQ(to_string(AlarmKind::renewal_failing), "renewal_failing");
  EXPECT_EQ(to_string(AlarmKind::expiry_near), "expiry_near");
  EXPECT_EQ(to_string(AlarmKind::enrollment_waiting), "enrollment_waiting");
  EXPECT_EQ(to_string(AlarmKind::deployment_failed), "deployment_failed");
  EXPECT_EQ(to_string(AlarmKind::listener_wrong), "listener_wrong");
  EXPECT_EQ(to_string(AlarmKind::listener_down), "listener_down");
  EXPECT_EQ(to_string(AlarmKind::revoked), "revoked");
  EXPECT_EQ(to_string(AlarmKind::ca_account), "ca_account");
  EXPECT_EQ(to_string(AlarmKind::validation_ending), "validation_ending");
  EXPECT_EQ(to_string(AlarmKind::validation_waiting), "validation_waiting");
  EXPECT_EQ(to_string(AlarmKind::validation_slow), "validation_slow");
}

TEST(AlarmKinds, OtherWordsAreNone) {
  for (const char* word : {"", "renewal", "Revoked", "revoked ", "renewal_failing\n"})
    EXPECT_EQ(parse_alarm_kind(word), std::nullopt) << word;
}

}  // namespace
}  // namespace certmgr
