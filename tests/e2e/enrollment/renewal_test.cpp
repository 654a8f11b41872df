// SPDX-License-Identifier: MIT
// Renewals of certificates that vouch for an organization.
#include "e2e/enrollment/vetted_world.h"
#include "lab/authority.h"

namespace certmgr::e2e {
namespace {

using testing::HasSubstr;
using testing::SizeIs;
namespace resources = lab::strict::resources;

constexpr int kDay = 24;

class Renewal : public Vetted {
 protected:
  void SetUp() override {
    Vetted::SetUp();
    if (!IsSkipped()) place();
  }
  [[nodiscard]] json all() const { return as(kAuditor, {"enrollment", "list", "--all"})["enrollments"]; }
};

TEST_F(Renewal, IsRequestedByTheSchedulerAndApprovedByAPerson) {
  ASSERT_EQ(state(), "issued");
  tick(61 * kDay);
  ASSERT_THAT(all(), SizeIs(2));
  EXPECT_EQ(show(2)["renewal"], true);
  EXPECT_EQ(state(2), "pending_approval");
  EXPECT_EQ(show(2)["requested_by"][0], "certmgr");
  EXPECT_THAT(certmgr_.run({"status"}).output, HasSubstr("enrollment 2"));
  tick(62 * kDay);
  EXPECT_THAT(all(), SizeIs(2)) << "it is requested once";
  as(kApprover, {"enrollment", "approve", "2"});
  const auto before = deployed();
  tick(62 * kDay);
  EXPECT_EQ(state(2), "issued");
  EXPECT_NE(deployed(), before);
  EXPECT_THAT(certmgr_.run({"status"}).output, testing::Not(HasSubstr("enrollment 2")));
}

TEST_F(Renewal, GoesAheadUnderAGrant) {
  EXPECT_EQ(refusal(kRequester, {"enrollment", "grant", "1", "--until", "300d"}), "not_permitted");
  EXPECT_EQ(refusal(kApprover, {"enrollment", "grant", "1", "--until", "500d"}), "bad_grant");
  as(kApprover, {"enrollment", "grant", "1", "--until", "300d"});
  EXPECT_THAT(show()["grants"], SizeIs(1));
  const auto before = deployed();
  tick(61 * kDay);
  EXPECT_EQ(state(2), "issued");
  EXPECT_NE(deployed(), before);
}

TEST_F(Renewal, WaitsWhereTheGrantWasRevoked) {
  as(kApprover, {"enrollment", "grant", "1", "--until", "300d"});
  EXPECT_EQ(refusal(kAuditor, {"enrollment", "revoke-grant", "1"}), "not_permitted");
  as("root", {"enrollment", "revoke-grant", "1"});
  tick(61 * kDay);
  EXPECT_EQ(state(2), "pending_approval");
}

TEST_F(Renewal, ThatWasDeniedIsNotRequestedAgain) {
  tick(61 * kDay);
  as(kApprover, {"enrollment", "deny", "2", "--reason", "the number moves away"});
  tick(63 * kDay);
  EXPECT_THAT(all(), SizeIs(2));
  EXPECT_THAT(certmgr_.run({"status"}).output, HasSubstr("the number moves away"));
}

TEST_F(Renewal, ThatTakesTooLongIsToldAndNothingElseHappens) {
  const auto before = deployed();
  tick(80 * kDay);
  EXPECT_EQ(state(2), "pending_approval");
  EXPECT_EQ(ca_.count(resources::kNewOrder), 1);
  EXPECT_EQ(deployed(), before);
  const auto status = certmgr_.run({"status"}).output;
  EXPECT_THAT(status, HasSubstr("expires at"));
  EXPECT_THAT(status, HasSubstr("see 'certmgr enrollment show 2' for who must act"));
}

/// The CA's clock is not moved: for it 80 days from now every certificate of today is near its end.
TEST_F(Renewal, IsNotBridgedAnewWhileTheCaHasTheOrder) {
  write_config("[enrollment]\nfallback_level = \"dv\"\n");
  tick(80 * kDay);
  ASSERT_EQ(ca_.count(resources::kNewOrder), 2) << "one stands in";
  ca_.change([](auto& behaviour) { behaviour.hold_orders = true; });
  as(kApprover, {"enrollment", "approve", "2"});
  tick(80 * kDay + 2);
  EXPECT_EQ(state(2), "awaiting_ca");
  tick(80 * kDay + 4);
  EXPECT_EQ(ca_.count(resources::kNewOrder), 3) << "it stands in still";
}

TEST_F(Renewal, MayBeBridgedByACertificateThatVouchesForNobody) {
  write_config("[enrollment]\nfallback_level = \"dv\"\n");
  const auto before = deployed();
  tick(80 * kDay);
  EXPECT_EQ(state(2), "pending_approval");
  EXPECT_NE(deployed(), before);
  EXPECT_EQ(certificate()["issued_level"], "dv");
  EXPECT_THAT(certmgr_.run({"show", kName}).output, HasSubstr("a dv certificate stands in"));
  tick(80 * kDay + 2);
  EXPECT_EQ(ca_.count(resources::kNewOrder), 2) << "one stands in";
  as(kApprover, {"enrollment", "approve", "2"});
  tick(80 * kDay + 4);
  EXPECT_EQ(state(2), "issued");
  EXPECT_EQ(certificate()["issued_level"], "ov");
}

TEST_F(Renewal, ThatHasComeEndsTheOrderThatWasToStandIn) {
  write_config("[enrollment]\nfallback_level = \"dv\"\n");
  ca_.change([](auto& behaviour) {
    behaviour.hold_orders = true;
    behaviour.retry_after_order = behaviour.retry_after_finalize = "3600";
  });
  tick(80 * kDay);
  const auto held = ca_.held_orders();
  ASSERT_THAT(held, SizeIs(1)) << ticked_;
  ca_.change([](auto& behaviour) {
    behaviour.hold_orders = false;
    behaviour.retry_after_order = behaviour.retry_after_finalize = "";
    behaviour.issuance.validity = std::chrono::days(170);
  });
  as(kApprover, {"enrollment", "approve", "2"});
  tick(80 * kDay);
  ASSERT_EQ(state(2), "issued") << ticked_;
  EXPECT_THAT(certmgr_.run({"history", kName}).output, HasSubstr("it was to stand in for has come"));
  const auto right = deployed();
  ca_.approve(held.front());
  tick(80 * kDay + 2);
  EXPECT_EQ(certificate()["issued_level"], "ov");
  EXPECT_EQ(deployed(), right);
  EXPECT_EQ(ca_.count(resources::kNewOrder), 3);
}

TEST_F(Renewal, IsBridgedForTheNamesThatWereApproved) {
  write_config("[enrollment]\nfallback_level = \"dv\"\n");
  tick(70 * kDay);
  ASSERT_EQ(state(2), "pending_approval");
  request(4, {"other.example.com", "--no-preflight"});  // the CA's clock is the real one
  tick(80 * kDay);
  EXPECT_EQ(state(2), "pending_approval");
  const auto shown = certificate();
  EXPECT_EQ(shown["issued_level"], "dv");
  EXPECT_EQ(lab::names_in(deployed()), std::vector<std::string>{kName})
      << "nobody has agreed to the other one";
}

TEST_F(Renewal, ByAPersonIsARequestToo) {
  const auto waiting = as(kRequester, {"renew", kName, "--force"}, 4);
  EXPECT_EQ(waiting["error"]["code"], "pending_approval");
  EXPECT_EQ(show(2)["renewal"], true);
  as(kApprover, {"enrollment", "approve", "2"});
  tick(1);
  EXPECT_EQ(state(2), "issued");
  EXPECT_EQ(ca_.count(resources::kNewOrder), 2);
  EXPECT_EQ(as(kRequester, {"renew", kName})["changed"], false);
}

}  // namespace
}  // namespace certmgr::e2e
