// SPDX-License-Identifier: MIT
// Leave for renewals, given in advance.
#include "e2e/enrollment/vetted_world.h"

namespace certmgr::e2e {
namespace {

class Grants : public Vetted {};

TEST_F(Grants, ThatAreGivenTwiceAreOne) {
  request();
  as(kApprover, {"enrollment", "approve", "1"});
  const Arguments grant{"enrollment", "grant", "1", "--until", "30d"};
  EXPECT_EQ(as(kApprover, grant)["grant"]["id"], 1);
  EXPECT_EQ(as(kApprover, {"enrollment", "grant", "1", "--until", "29d"})["grant"]["id"], 1);
  EXPECT_EQ(as(kSecondApprover, {"enrollment", "grant", "1", "--until", "60d"})["grant"]["id"], 2)
      << "longer";
  const auto grants = show()["grants"];
  ASSERT_EQ(grants.size(), 2U);
  EXPECT_EQ(grants[0]["holds"], true);
  as(kApprover, {"enrollment", "revoke-grant", "2"});
  as(kApprover, {"enrollment", "revoke-grant", "2"});
  EXPECT_EQ(show()["grants"][0]["holds"], false);
}

TEST_F(Grants, AreGivenForAsLongAsEachOfThemSaid) {
  write_config("[enrollment]\nquorum = 2\n");
  request();
  as(kApprover, {"enrollment", "approve", "1"});
  as(kSecondApprover, {"enrollment", "approve", "1"});
  const Arguments long_one{"enrollment", "grant", "1", "--until", "300d"};
  as(kApprover, long_one, 4);
  as(kApprover, long_one, 4);
  const auto begun = show()["grants"];
  ASSERT_EQ(begun.size(), 1U) << "said twice";
  const auto given = as(kSecondApprover, {"enrollment", "grant", "1", "--until", "5d"})["grant"];
  EXPECT_EQ(given["persons"], 2);
  EXPECT_LT(given["until"].get<std::string>(), begun[0]["until"].get<std::string>()) << "not for 300 days";
}

}  // namespace
}  // namespace certmgr::e2e
