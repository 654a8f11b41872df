// SPDX-License-Identifier: MIT
// What time does to identities: the longest lives by day of issuance, and renewals past the end of a
// validation.
#include "certmgr/domain/validity_limits.h"

#include <gmock/gmock.h>

#include "certmgr/domain/renewal_horizon.h"

namespace certmgr {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using ::testing::HasSubstr;

Instant at(const char* text) { return *parse_rfc3339(text); }

TEST(ValidityLimits, ChangeAtMidnightOfEachBorder) {
  const struct {
    const char* issued;
    int validity;
    int control;
    int identity;
  } table[] = {
      {"2026-03-14T23:59:59Z", 398, 398, 825}, {"2026-03-15T00:00:00Z", 200, 200, 398},
      {"2027-03-14T23:59:59Z", 200, 200, 398}, {"2027-03-15T00:00:00Z", 100, 100, 398},
      {"2029-03-14T23:59:59Z", 100, 100, 398}, {"2029-03-15T00:00:00Z", 47, 10, 398},
      {"2035-01-01T00:00:00Z", 47, 10, 398},
  };
  for (const auto& each : table)
    EXPECT_EQ(limits_at(at(each.issued)),
              (ValidityLimits{days(each.validity), days(each.control), days(each.identity)}))
        << each.issued;
}

TEST(ValidityLimits, BothEndsOfALifeBelongToIt) {
  const auto begin = at("2026-11-01T00:00:00Z");
  EXPECT_EQ(counted_life(begin, begin + days(200) - 1s), days(200));
  EXPECT_GT(counted_life(begin, begin + days(200)), days(200));
}

OrganizationValidation validated(const char* expires) {
  OrganizationValidation validation;
  validation.ca = "sectigo";
  validation.state = ValidationState::validated;
  validation.collected_at = *parse_day("2026-03-15");
  validation.expires = *parse_day(expires);
  return validation;
}

const Instant kNow = at("2026-11-29T12:00:00Z");

TEST(RenewalHorizon, WarnsOfARenewalThatFallsAfterTheEnd) {
  const auto validation = validated("2027-04-17");
  EXPECT_EQ(renewal_beyond({"pbx", at("2027-04-01T00:00:00Z")}, validation, kNow), std::nullopt);
  EXPECT_EQ(renewal_beyond({"pbx", at("2027-04-13T23:59:59Z")}, validation, kNow), std::nullopt);
  const auto late = renewal_beyond({"pbx", at("2027-04-14T00:00:00Z")}, validation, kNow);
  ASSERT_TRUE(late) << "the margin belongs to it";
  EXPECT_EQ(late->severity, Severity::warning);
  EXPECT_EQ(late->code, "org_expires_before_renewal");
  EXPECT_EQ(late->subject, "pbx");
  EXPECT_THAT(late->message(), HasSubstr("2027-04-14"));
  EXPECT_THAT(late->message(), HasSubstr("2027-04-17"));
}

TEST(RenewalHorizon, IsAProblemWhereNothingIsInForce) {
  const PlannedRenewal planned{"pbx", at("2027-01-01T00:00:00Z")};
  auto validation = validated("2027-04-17");
  const auto ended = renewal_beyond(planned, validation, at("2027-04-17T00:00:00Z"));
  ASSERT_TRUE(ended) << "as the clock has it, though nobody has looked";
  EXPECT_EQ(ended->code, "org_validation_expired");
  EXPECT_EQ(ended->severity, Severity::problem);
  for (const auto state : validation_states()) {
    if (is_in_force(state) || state == ValidationState::expired) continue;
    validation.state = state;
    const auto none = renewal_beyond(planned, validation, kNow);
    ASSERT_TRUE(none) << to_string(state);
    EXPECT_EQ(none->code, "org_not_validated") << to_string(state);
  }
}

TEST(RenewalHorizon, TheVersionAfterTheNextComesWhenTwoThirdsOfItsLifeAreOver) {
  EXPECT_EQ(renewal_after(at("2026-11-29T00:00:00Z")), at("2026-11-29T00:00:00Z") + days(133) + 8h);
  EXPECT_EQ(renewal_after(at("2027-03-15T00:00:00Z")), at("2027-03-15T00:00:00Z") + days(66) + 16h);
  EXPECT_EQ(renewal_after(at("2029-03-15T00:00:00Z")), at("2029-03-15T00:00:00Z") + days(31) + 8h);
}

}  // namespace
}  // namespace certmgr
