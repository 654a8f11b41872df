// SPDX-License-Identifier: MIT
// Deciding without being root, at the daemon's socket.
#include "e2e/enrollment/door_world.h"

namespace certmgr::e2e {
namespace {

using testing::HasSubstr;

constexpr const char* kStranger = "daemon";  // a user without a role

TEST_F(Door, AnApproverNeedsNoWayToTheStore) {
  request(4, {"--no-wait"});
  EXPECT_EQ(answer(kAuditor, {"show", "1"}, 4)["enrollment"]["state"], "pending_approval");
  EXPECT_EQ(answer(kAuditor, {"list"})["enrollments"].size(), 1U);
  const auto said = answer(kApprover, {"approve", "1", "--comment", "as agreed"});
  EXPECT_EQ(said["enrollment"]["approvals_given"][0]["person"], kApprover);
  EXPECT_EQ(said["enrollment"]["approvals_given"][0]["comment"], "as agreed");
  EXPECT_TRUE(lab::wait_until([&] { return state() == "issued"; })) << "the daemon was told at once";
  EXPECT_TRUE(lab::wait_until([&] { return deployed().find("BEGIN CERTIFICATE") != std::string::npos; }));
  EXPECT_THAT(answer(kAuditor, {"history", "1"})["events"].dump(), HasSubstr("\"by\":\"games\""));
  expect_honest_client();
}

TEST_F(Door, EachVerbGoesThroughIt) {
  request(4, {"--no-wait"});
  EXPECT_EQ(refused(kApprover, {"deny", "1", "--reason", " "}), "reason_missing");
  EXPECT_EQ(refused(kApprover, {"grant", "1", "--until", "30d"}), "approval_required");
  EXPECT_EQ(refused(kRequester, {"resume", "1"}), "wrong_state");
  EXPECT_EQ(answer(kApprover, {"deny", "1", "--reason", "not now"})["enrollment"]["state"], "denied");
  EXPECT_EQ(answer(kAuditor, {"list"})["enrollments"].size(), 0U);
  EXPECT_EQ(answer(kAuditor, {"list", "--all"})["enrollments"].size(), 1U);
  request(4, {"--no-wait"});
  answer(kApprover, {"approve", "2", "--not-before", "2h"});
  EXPECT_EQ(answer(kApprover, {"grant", "2", "--until", "30d"})["grant"]["persons"], 1);
  EXPECT_EQ(answer(kApprover, {"revoke-grant", "1"})["grant"]["revoked_by"], kApprover);
  EXPECT_EQ(answer(kSecondApprover, {"revoke-grant", "1"})["grant"]["revoked_by"], kApprover) << "it is";
  EXPECT_EQ(answer(kRequester, {"withdraw", "2", "--reason", "a mistake"})["enrollment"]["state"],
            "withdrawn");
}

TEST_F(Door, RolesDecideThereToo) {
  request(4, {"--no-wait"});
  EXPECT_EQ(refused(kRequester, {"approve", "1"}), "not_permitted");
  EXPECT_EQ(refused(kAuditor, {"deny", "1", "--reason", "no"}), "not_permitted");
  EXPECT_EQ(refused(kStranger, {"list"}), "not_permitted");
  EXPECT_EQ(refused(kStranger, {"show", "1"}), "not_permitted");
  EXPECT_EQ(refused(kStranger, {"history", "1"}), "not_permitted");
  EXPECT_EQ(refused(kApprover, {"show", "9"}), "unknown_enrollment");
  EXPECT_EQ(refused(kApprover, {"approve", "1", "--request", "0123"}), "scope_changed");
  EXPECT_EQ(state(), "pending_approval");
}

TEST_F(Door, TellsWhoHasNoRoleNothingAndKeepsNothingOfHer) {
  request(4, {"--no-wait"});
  const auto before = as(kAuditor, {"enrollment", "history", "1"})["events"].size();
  for (const Arguments& asked : std::vector<Arguments>{
           {"approve", "1"}, {"approve", "77"}, {"resume", "1"}, {"revoke-grant", "1"}, {"show", "1"}}) {
    const auto outcome = asks(kStranger, asked);
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_THAT(outcome.errors, HasSubstr("daemon has no role"));
    EXPECT_EQ(outcome.errors.find(kName), std::string::npos);
  }
  EXPECT_EQ(as(kAuditor, {"enrollment", "history", "1"})["events"].size(), before);
}

TEST_F(Door, StaysOpenForOthersWhenSomebodyHoldsIt) {
  std::vector<Line> held;
  for (int i = 0; i < 60; ++i) held.push_back(Line::to_socket(socket_));
  EXPECT_EQ(asks(kAuditor, {"list"}).exit_code, 0) << "each user has a share";
}

TEST_F(Door, DoesNotRevoke) {
  request(4, {"--no-wait"});
  EXPECT_EQ(refused(kApprover, {"reject", "1", "--reason", "no", "--revoke"}), "not_at_the_door");
}

TEST_F(Door, KeepsNoNovels) {
  request(4, {"--no-wait"});
  EXPECT_EQ(refused(kApprover, {"deny", "1", "--reason", std::string(4001, 'x')}), "bad_reason");
  const auto outcome = asks(kApprover, {"deny", "1", "--reason", "bad \xff octet"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_EQ(state(), "denied");
}

TEST_F(Door, ThatCannotBeOpenedAgainEndsNothing) {
  request(4, {"--no-wait"});
  ASSERT_TRUE(std::filesystem::remove(socket_));
  lab::write_file(socket_, "in the way");
  daemon_->signal(SIGHUP);
  ASSERT_TRUE(lab::wait_until([&] {
    return daemon_->errors().find("goes on without its pages") != std::string::npos;
  })) << daemon_->errors();
  as(kApprover, {"enrollment", "approve", "1"});
  EXPECT_TRUE(lab::wait_until([&] { return state() == "issued"; })) << "and works on";
  EXPECT_EQ(lab::read_file(socket_), "in the way");
}

TEST_F(Door, RootHasNoNameThere) {
  request(4, {"--no-wait"});
  const auto outcome = certmgr_.run_as(kApprover, {"enrollment", "approve", "1", "--socket", socket_});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.errors, HasSubstr("a socket does not tell who became root"));
  EXPECT_EQ(state(), "pending_approval");
}

TEST_F(Door, IsFoundByWhomTheStoreIsClosedTo) {
  request(4, {"--no-wait"});
  const auto config = public_ / "certmgr.toml";
  lab::write_file(config, lab::read_file(certmgr_.config_file()));
  ::chmod(config.c_str(), 0644);
  const Arguments show{"enrollment", "show", "1", "--config", config.string()};
  const auto there = certmgr_.run_as_user(kApprover, show);
  EXPECT_EQ(there.exit_code, 4) << there.errors;
  EXPECT_EQ(there.output, certmgr_.run_as(kApprover, show).output) << "the same words as at the store";
}

TEST_F(Door, ThatIsShutIsSaidSo) {
  daemon_->end();
  EXPECT_FALSE(std::filesystem::exists(socket_));
  const auto outcome = asks(kApprover, {"approve", "1"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("cannot ask the daemon at " + socket_));
}

TEST_F(Door, StaysWhenTheConfigurationIsReadAgain) {
  request(4, {"--no-wait"});
  daemon_->signal(SIGHUP);
  ASSERT_TRUE(lab::wait_until(
      [&] { return daemon_->errors().find("the configuration was read again") != std::string::npos; }));
  EXPECT_EQ(answer(kApprover, {"approve", "1"})["enrollment"]["approvals"]["given"], 1);
}

}  // namespace
}  // namespace certmgr::e2e
