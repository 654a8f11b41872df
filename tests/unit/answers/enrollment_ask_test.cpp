// SPDX-License-Identifier: MIT
#include "answers/enrollment_ask.h"

#include <gmock/gmock.h>

namespace certmgr::answers {
namespace {

EnrollmentAsk full() {
  EnrollmentAsk ask;
  ask.verb = "approve";
  ask.id = 7;
  ask.reason = "because \"of\" \xC3\xA4";
  ask.comment = "fine";
  ask.request_hash = "abc";
  ask.not_before = "2h";
  ask.not_after = "2027-01-31T12:00:00Z";
  ask.until = "300d";
  ask.revoke = true;
  return ask;
}

TEST(EnrollmentAsk, ComesOutAsItWentIn) {
  EXPECT_EQ(ask_of("approve", 7, body_of(full()).dump()), full());
  EnrollmentAsk bare;
  bare.verb = "resume";
  bare.id = 3;
  EXPECT_EQ(body_of(bare).dump(), "{}");
  EXPECT_EQ(ask_of("resume", 3, "{}"), bare);
  EXPECT_EQ(ask_of("resume", 3, ""), bare);
}

TEST(EnrollmentAsk, IsRefusedRatherThanHalfUnderstood) {
  struct Case {
    const char* body;
    const char* why;
  };
  const std::vector<Case> cases{{"[]", "no JSON object"},
                                {"\"reason\"", "no JSON object"},
                                {"{\"reason\": ", "no JSON object"},
                                {R"({"reason": "x", "not-after": "2h"})", "'not-after'"},
                                {R"({"reason": 7})", "'reason' is no string"},
                                {R"({"revoke": "true"})", "'revoke' is neither"},
                                {R"({"request": ""})", "'request' is empty"},
                                {R"({"not_after": ""})", "'not_after' is empty"},
                                {R"({"request": "aa", "request": "bb"})", "twice"},
                                {R"({"verb": "deny"})", "'verb'"},
                                {R"({"id": 8})", "'id'"}};
  for (const auto& bad : cases) {
    const auto ask = ask_of("deny", 7, bad.body);
    ASSERT_FALSE(ask) << bad.body;
    EXPECT_EQ(ask.error().code, "bad_body");
    EXPECT_EQ(ask.error().kind, TroubleKind::usage);
    EXPECT_THAT(ask.error().why, testing::HasSubstr(bad.why));
  }
}

}  // namespace
}  // namespace certmgr::answers
