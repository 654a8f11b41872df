// SPDX-License-Identifier: MIT
// Reasons of revocations, and what becomes of a certificate afterwards.
#include <gtest/gtest.h>

#include "certmgr/domain/renewal.h"
#include "certmgr/domain/retry.h"
#include "certmgr/domain/revocation_reason.h"

namespace certmgr {
namespace {

using namespace std::chrono_literals;

constexpr Instant kNow{std::chrono::seconds(1'800'000'000)};

TEST(RevocationReasons, HaveTheWordsAndCodesOfRfc5280) {
  const std::vector<std::pair<std::string, int>> known{
      {"unspecified", 0}, {"keyCompromise", 1},        {"affiliationChanged", 3},
      {"superseded", 4},  {"cessationOfOperation", 5}, {"privilegeWithdrawn", 9}};
  for (const auto& [word, code] : known) {
    const auto reason = parse_revocation_reason(word);
    ASSERT_TRUE(reason) << word;
    EXPECT_EQ(static_cast<int>(*reason), code);
    EXPECT_EQ(to_string(*reason), word);
    EXPECT_NE(known_revocation_reasons().find(word), std::string::npos);
    EXPECT_EQ(is_usually_renewed(*reason), word != "cessationOfOperation");
  }
  for (const char* word : {"", "KeyCompromise", "cACompromise", "certificateHold", "1"})
    EXPECT_FALSE(parse_revocation_reason(word)) << word << " is not for subscribers";
}

Version version() {
  Version version;
  version.id = 1;
  version.number = 1;
  version.fingerprint = "00";
  version.not_before = version.created_at = kNow - 24h;
  version.not_after = kNow + 24h * 89;
  return version;
}

RenewalFacts issued() {
  RenewalFacts facts;
  facts.version = version();
  facts.fits = true;
  facts.last_order = 1;
  facts.last_issued = true;
  return facts;
}

TEST(RenewalOfWhatWasRevoked, IsDueAtOnce) {
  auto facts = issued();
  facts.revoked = true;
  EXPECT_TRUE(std::holds_alternative<OpenOrder>(look_after({}, facts, kNow, 0).action));
}

TEST(RenewalOfWhatWasRevoked, ComesToNothingWhereItsOwnerWantsNoOther) {
  auto facts = issued();
  facts.retired = true;
  for (const Instant now : {kNow, kNow + 24h * 80, kNow + 24h * 365}) {
    const auto step = look_after({}, facts, now, 0);
    EXPECT_TRUE(std::holds_alternative<NothingToOrder>(step.action));
    EXPECT_EQ(step.renewal.state, RenewalState::fresh);
    EXPECT_FALSE(step.renewal.not_after) << "nobody waits for its end";
    EXPECT_EQ(step.renewal.wake_at, now + kLongestRetry);
  }
  facts.changed = true;
  EXPECT_TRUE(std::holds_alternative<OpenOrder>(look_after({}, facts, kNow + 24h * 80, 0).action))
      << "somebody wants it again, with other names";
}

}  // namespace
}  // namespace certmgr
