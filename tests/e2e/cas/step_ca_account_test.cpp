// SPDX-License-Identifier: MIT
// External accounts, at a CA that checks them, and what its user is told where they do not fit.
#include "step_ca_world.h"

namespace certmgr::e2e {
namespace {

using lab::StepCa;
using ::testing::HasSubstr;
using ::testing::Not;

class StepCaAccount : public WithStepCa {
 protected:
  void SetUp() override {
    WithStepCa::SetUp();
    if (!IsSkipped()) configure(entry("dv", StepCa::kDv));
  }
};

TEST_F(StepCaAccount, IsBoundToAnExternalOneAndOrders) {
  run({"account", "register", "dv"}, 0);
  const auto issued = run_json({"issue", "pbx.test", "--ca", "dv"});
  EXPECT_EQ(issued["certificate"]["state"], "issued");
}

}  // namespace
}  // namespace certmgr::e2e
