// SPDX-License-Identifier: MIT
#include "certmgr/domain/enrollment/checklist.h"

#include <gmock/gmock.h>

#include "enrollment_builder.h"

namespace certmgr::enrollment {
namespace {

using namespace testing;

/// The step at which an enrollment that failed for this reason came to its end.
std::string stopped_at(const std::string& code) {
  Enrollment enrollment = draft();
  enrollment.state = Failed{{.kind = TroubleKind::permanent, .code = code}};
  for (const auto& step : steps_of(enrollment, nullptr, context()))
    if (step.state == StepState::stopped) return step.name;
  return "nowhere";
}

TEST(Checklist, MarksTheStepAtWhichItCameToNothing) {
  EXPECT_EQ(stopped_at("org_not_validated"), "organization");
  EXPECT_EQ(stopped_at("profile_unconfirmed"), "order") << "nothing was proven then";
  EXPECT_EQ(stopped_at("profile_not_offered"), "order");
  EXPECT_EQ(stopped_at("acme_rejectedIdentifier"), "order");
  EXPECT_EQ(stopped_at("authorization_failed"), "control");
  EXPECT_EQ(stopped_at("order_expired"), "vetting");
  EXPECT_EQ(stopped_at("validity_longer"), "check");
}

TEST(Checklist, HasAllBeforeTheCurrentStepDone) {
  Enrollment enrollment = draft();
  enrollment.state = Ordered{};
  const OrderState order = Validating{};
  std::string marks;
  for (const auto& step : steps_of(enrollment, &order, context()))
    marks += to_string(step.state).substr(0, 1);
  EXPECT_EQ(marks, "dddddcnnn");
}

}  // namespace
}  // namespace certmgr::enrollment
