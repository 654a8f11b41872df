// SPDX-License-Identifier: MIT
#include "answers/answer.h"

#include <gmock/gmock.h>

namespace certmgr::answers {
namespace {

TEST(Answer, TravelsWhole) {
  Answer answer{{{"b", 1}, {"a", {1, 2}}}, "two\nlines\n", true, std::nullopt};
  const auto arrived = opened(sealed(answer));
  ASSERT_TRUE(arrived);
  EXPECT_EQ(arrived->document.dump(), answer.document.dump()) << "in this order too";
  EXPECT_EQ(arrived->text, answer.text);
  EXPECT_TRUE(arrived->waiting);
  EXPECT_FALSE(arrived->trouble);
}

TEST(Answer, TravelsWithItsTrouble) {
  for (const auto kind : {TroubleKind::usage, TroubleKind::configuration, TroubleKind::transient,
                          TroubleKind::permanent, TroubleKind::waiting, TroubleKind::store}) {
    Answer answer;
    answer.trouble = Trouble{.kind = kind,
                             .code = "c",
                             .what = "w",
                             .why = "y",
                             .hint = "h",
                             .detail = "d",
                             .retry_at = parse_rfc3339("2027-01-31T12:00:00Z"),
                             .url = "https://ca.example/1"};
    const auto arrived = opened(sealed(answer));
    ASSERT_TRUE(arrived);
    EXPECT_EQ(arrived->trouble, answer.trouble);
  }
}

TEST(Answer, OfSomebodyElseIsNone) {
  for (const char* text :
       {"", "not found\n", "[]", "{}", R"({"document": {}, "text": 1, "waiting": false})",
        R"({"document": {}, "text": "", "waiting": false, "trouble": {"kind": "usage"}})"}) {
    const auto answer = opened(text);
    ASSERT_FALSE(answer) << text;
    EXPECT_EQ(answer.error().code, "bad_answer");
  }
}

TEST(Answer, WithBrokenOctetsIsSentAllTheSame) {
  Answer answer;
  answer.text = "\xff";
  EXPECT_TRUE(opened(sealed(answer)));
}

}  // namespace
}  // namespace certmgr::answers
