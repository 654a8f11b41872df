// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "enrollment_builder.h"

namespace certmgr::enrollment {
namespace {

using namespace testing;
using ::testing::HasSubstr;

Enrollment ordered() {
  auto enrollment = *apply(approved(), GatesSeen{open_gates()}, context());
  std::get<Ordered>(enrollment.state).order_id = 11;
  return enrollment;
}

Enrollment quarantined(const IdentityVerdict& verdict = downgrade()) {
  return *apply(ordered(), CertificateSeen{21, verdict}, context());
}

std::string code_of(const Result<Enrollment>& result) { return result ? "" : result.error().code; }

TEST(Quarantine, EveryFaultLeadsThere) {
  for (const char* code : {"level_mismatch", "subject_mismatch", "san_mismatch", "key_mismatch",
                           "validity_cap", "policy_missing", "usage_mismatch"}) {
    const auto held = quarantined(faulty(code));
    ASSERT_EQ(name_of(held.state), "quarantined") << code;
    EXPECT_EQ(std::get<Quarantined>(held.state).version_id, 21);
    EXPECT_EQ(std::get<Quarantined>(held.state).order.order_id, 11);
  }
}

TEST(Quarantine, AWarningDoesNot) {
  auto verdict = clean();
  verdict.warnings.push_back({"subject_mismatch", "Inc. for Incorporated"});
  EXPECT_EQ(name_of(quarantined(verdict).state), "issued");
}

TEST(Quarantine, AnotherPersonAcceptsWithAReasonAndAtTheLevelFound) {
  EXPECT_EQ(code_of(apply(quarantined(), Accept{kBob, ""}, context())), "reason_missing");
  EXPECT_EQ(code_of(apply(quarantined(), Accept{kBob, "  "}, context())), "reason_missing");
  EXPECT_EQ(code_of(apply(quarantined(), Accept{kAlice, "well"}, context())), "not_permitted");
  auto own = quarantined();
  own.authors = {"both"};
  EXPECT_EQ(code_of(apply(own, Accept{kBoth, "well"}, context(kNow, 1, false))), "self_approval_forbidden")
      << "whether or not requests need two persons";
  const auto accepted = *apply(quarantined(), Accept{kBob, "the CA is slow"}, context());
  const auto issued = std::get<Issued>(accepted.state);
  EXPECT_EQ(issued.version_id, 21);
  EXPECT_EQ(issued.level, CertificateLevel::dv);
  EXPECT_EQ(issued.accepted_by, "bob");
  EXPECT_EQ(issued.reason, "the CA is slow");
}

TEST(Quarantine, NobodyAcceptsWhatNoServerCanUse) {
  EXPECT_EQ(code_of(apply(quarantined(faulty("key_mismatch")), Accept{kBob, "well"}, context())),
            "not_acceptable");
  EXPECT_EQ(code_of(apply(quarantined(faulty("subject_mismatch")), Accept{kBob, "well"}, context())), "");
}

TEST(Quarantine, ARejectionFailsWithTheFaultAndMayRevoke) {
  EXPECT_EQ(code_of(apply(quarantined(), Reject{kBob, ""}, context())), "reason_missing");
  EXPECT_EQ(code_of(apply(quarantined(), Reject{kAlice, "no"}, context())), "not_permitted");
  const auto kept = std::get<Failed>(apply(quarantined(), Reject{kBob, "we paid for OV"}, context())->state);
  EXPECT_EQ(kept.trouble.code, "level_mismatch");
  EXPECT_THAT(kept.trouble.message(), HasSubstr("bob"));
  EXPECT_THAT(kept.trouble.why, HasSubstr("we paid for OV"));
  EXPECT_EQ(kept.revoke_version, 0);
  const auto revoked = apply(quarantined(), Reject{kBob, "we paid for OV", true}, context());
  EXPECT_EQ(std::get<Failed>(revoked->state).revoke_version, 21);
}

TEST(Placeholder, TheOrderStaysOpenWhereThisCaSendsOneFirst) {
  const auto waits = *apply(ordered(), CertificateSeen{21, downgrade(), true}, context(kNow + 1h));
  EXPECT_EQ(std::get<Ordered>(waits.state), (Ordered{11, kNow, 21}));
  EXPECT_EQ(name_of(apply(waits, CertificateSeen{22, clean(), true}, context())->state), "issued");
  const auto other = *apply(ordered(), CertificateSeen{21, faulty("san_mismatch"), true}, context());
  EXPECT_EQ(name_of(other.state), "quarantined") << "it is none";
}

TEST(Placeholder, OrWhereAPersonSaysSo) {
  EXPECT_EQ(code_of(apply(quarantined(faulty("subject_mismatch")), Await{kBob, "mail of the CA"}, context())),
            "no_placeholder");
  EXPECT_EQ(code_of(apply(quarantined(), Await{kBob, ""}, context())), "reason_missing");
  const auto waits = *apply(quarantined(), Await{kBob, "mail of the CA"}, context());
  EXPECT_EQ(std::get<Ordered>(waits.state).placeholder_id, 21);
  EXPECT_EQ(std::get<Ordered>(waits.state).order_id, 11);
}

}  // namespace
}  // namespace certmgr::enrollment
