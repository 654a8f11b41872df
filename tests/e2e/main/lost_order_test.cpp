// SPDX-License-Identifier: MIT
// newOrder went wrong: whether the CA has an order of ours all the same, and how much is done to find out.
#include <gmock/gmock.h>

#include "e2e/world/world.h"
#include "lab/strict_ca/strict_ca.h"

namespace certmgr::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
namespace resources = lab::strict::resources;
namespace problems = lab::strict::problems;

class LostOrder : public ::testing::Test {
 protected:
  LostOrder() {
    ca_.change([](auto& behaviour) { behaviour.always_valid = true; });
  }
  ~LostOrder() override { EXPECT_THAT(ca_.violations(), IsEmpty()); }
  [[nodiscard]] lab::Outcome run(const Arguments& arguments) const { return certmgr_.run(arguments); }

  lab::StrictCa ca_;
  lab::Certmgr certmgr_{CERTMGR_TEST_PROGRAM, lab::config_for(ca_)};
};

TEST_F(LostOrder, IsFoundInTheCasList) {
  ca_.lose_answer(resources::kNewOrder);
  const auto issued = run({"issue", "a.example.com"});
  EXPECT_EQ(issued.exit_code, 0) << issued.errors;
  EXPECT_EQ(ca_.count(resources::kNewOrder), 1);
}

TEST_F(LostOrder, IsPlacedAgainWhereTheListCannotBeRead) {
  ca_.lose_answer(resources::kNewOrder);
  ca_.refuse(resources::kOrders, problems::internal_error());
  const auto issued = run({"issue", "a.example.com"});
  EXPECT_EQ(issued.exit_code, 0) << issued.errors;
  EXPECT_EQ(ca_.count(resources::kOrders), 1);
  EXPECT_EQ(ca_.count(resources::kNewOrder), 2) << "the first one is left to expire";
}

TEST_F(LostOrder, IsNotLookedForWhenTheCaItselfSaidThatThereIsNone) {
  ca_.refuse(resources::kNewOrder, problems::internal_error());
  const auto issued = run({"issue", "a.example.com"});
  EXPECT_EQ(issued.exit_code, 0) << issued.errors;
  EXPECT_EQ(ca_.count(resources::kNewOrder), 2);
  EXPECT_EQ(ca_.count(resources::kOrders), 0);
}

TEST_F(LostOrder, IsNotLookedForByAnotherProcessEither) {
  auto later = problems::internal_error();
  later.headers.emplace("Retry-After", "2");
  ca_.refuse(resources::kNewOrder, later);
  const auto refused = run({"issue", "a.example.com", "--timeout", "1"});
  EXPECT_EQ(refused.exit_code, 4);
  EXPECT_THAT(refused.errors, HasSubstr("does not take the order")) << "what went wrong, not what followed";
  const auto issued = run({"issue", "a.example.com"});
  EXPECT_EQ(issued.exit_code, 0) << issued.errors;
  EXPECT_EQ(ca_.count(resources::kNewOrder), 2);
  EXPECT_EQ(ca_.count(resources::kOrders), 0);
}

}  // namespace
}  // namespace certmgr::e2e
