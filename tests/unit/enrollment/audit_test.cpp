// SPDX-License-Identifier: MIT
#include "certmgr/domain/enrollment/audit.h"

#include <gmock/gmock.h>

#include "enrollment_builder.h"

namespace certmgr::enrollment {
namespace {

using namespace testing;
using ::testing::Contains;
using ::testing::Pair;

TEST(EnrollmentAudit, SaysWhoMovedWhatFromWhereAndWhichRequest) {
  const Event event = Deny{kBob, "wrong name"};
  const auto after = *apply(approved(), event, context());
  const auto line = moved_event(approved(), after, event, digest);
  EXPECT_EQ(line.kind, "enrollment.denied");
  EXPECT_EQ(line.subject, "pbx.example");
  EXPECT_EQ(line.data, (std::map<std::string, std::string>{{"enrollment", "5"},
                                                           {"ca", "sectigo"},
                                                           {"level", "ov"},
                                                           {"organization", "7"},
                                                           {"organization_version", "3"},
                                                           {"revision", "1"},
                                                           {"request_hash", hash_of(approved())},
                                                           {"from", "approved"},
                                                           {"event", "deny"},
                                                           {"by", "bob"},
                                                           {"roles", "approver"},
                                                           {"reason", "wrong name"}}));
}

TEST(EnrollmentAudit, KeepsTheCasWordsAndWhereToGo) {
  auto ordered = *apply(approved(), GatesSeen{open_gates()}, context());
  auto trouble = demand();
  trouble.detail = "{\"type\":\"urn:ietf:params:acme:error:userActionRequired\"}";
  const Event event = CaAsks{trouble, "https://ca.example/1"};
  const auto line = moved_event(ordered, *apply(ordered, event, context()), event, digest);
  EXPECT_EQ(line.kind, "enrollment.action_required");
  EXPECT_THAT(line.data, Contains(Pair("detail", trouble.detail)));
  EXPECT_THAT(line.data, Contains(Pair("url", "https://ca.example/1")));
  EXPECT_FALSE(line.data.contains("by")) << "nobody did it";
}

TEST(EnrollmentAudit, NamesTheCertificateAndItsLevel) {
  const auto held = one_of_each().at(7);
  const Event event = Accept{kBob, "for now"};
  const auto line = moved_event(held, *apply(held, event, context()), event, digest);
  EXPECT_THAT(line.data, Contains(Pair("version", "21")));
  EXPECT_THAT(line.data, Contains(Pair("level_found", "dv")));
  const Event rejected = Reject{kBob, "no", true};
  EXPECT_THAT(moved_event(held, *apply(held, rejected, context()), rejected, digest).data,
              Contains(Pair("revoke", "21")));
}

TEST(EnrollmentAudit, RecordsAttemptsThatWereRefused) {
  const auto own = pending(kBoth);
  const Event event = approval(own, kBoth);
  const auto line = refused_event(own, event, apply(own, event, context()).error(), digest);
  EXPECT_EQ(line.kind, "enrollment.refused");
  EXPECT_THAT(line.data, Contains(Pair("code", "self_approval_forbidden")));
  EXPECT_THAT(line.data, Contains(Pair("by", "both")));
  EXPECT_THAT(line.data, Contains(Pair("state", "pending_approval")));
}

TEST(EnrollmentAudit, RecordsWhatTimeDid) {
  const auto line = timed_event(pending(), look_at(pending(), context(kNow + days(14))).enrollment, digest);
  EXPECT_EQ(line.kind, "enrollment.expired");
  EXPECT_THAT(line.data, Contains(Pair("from", "pending_approval")));
  EXPECT_THAT(line.data, Contains(Pair("code", "approval_expired")));
  EXPECT_THAT(opened_event(draft(), digest).data, Contains(Pair("by", "alice")));
}

}  // namespace
}  // namespace certmgr::enrollment
