// SPDX-License-Identifier: MIT
// What the CA does with a request, and what comes of it.
#include <csignal>

#include "e2e/enrollment/vetted_world.h"

namespace certmgr::e2e {
namespace {

using testing::HasSubstr;
namespace resources = lab::strict::resources;

class Vetting : public Vetted {
 protected:
  void hold() {
    ca_.change([](auto& behaviour) { behaviour.hold_orders = true; });
  }
  /// The one order that the CA's desk holds.
  std::string held() {
    const auto orders = ca_.held_orders();
    EXPECT_EQ(orders.size(), 1U) << show().dump() << ticked_;
    return orders.empty() ? std::string() : orders.front();
  }
  /// A daemon that is killed as soon as the order is at the CA.
  void daemon_is_killed() {
    auto daemon = certmgr_.start({"daemon"});
    EXPECT_TRUE(lab::wait_until([&] { return daemon.errors().find("at work") != std::string::npos; }));
    EXPECT_TRUE(lab::wait_until([&] { return state() == "awaiting_ca"; })) << state() << daemon.errors();
    daemon.signal(SIGKILL);
    daemon.wait(std::chrono::seconds(10));
  }
};

TEST_F(Vetting, ThatTakesWeeksOutlivesTwoKilledDaemons) {
  hold();
  request();
  as(kApprover, {"enrollment", "approve", "1"});
  daemon_is_killed();
  daemon_is_killed();
  const auto order = held();
  EXPECT_EQ(show()["turn"]["party"], "ca");
  tick(24 * 6);
  EXPECT_EQ(state(), "awaiting_ca");
  EXPECT_THAT(certmgr_.run({"status"}).output, HasSubstr("enrollment 1 (ov, ordering) waits for ca"))
      << "somebody is told that it takes long";
  ca_.approve(order);
  tick(24 * 7);
  EXPECT_EQ(state(), "issued");
  EXPECT_EQ(ca_.count(resources::kNewOrder), 1);
  EXPECT_EQ(ca_.count(resources::kFinalize), 1) << "with one key";
  EXPECT_THAT(deployed(), HasSubstr("BEGIN CERTIFICATE"));
  expect_honest_client();
}

TEST_F(Vetting, ThatEndsInARefusalIsTold) {
  hold();
  place();
  ca_.turn_down(held(), {.type = "unauthorized", .status = 403, .detail = "no such company"});
  tick(4);
  EXPECT_EQ(state(), "failed");
  EXPECT_THAT(show()["trouble"]["message"].get<std::string>(), HasSubstr("no such company"));
  EXPECT_EQ(deployed(), "");
  tick(5);
  EXPECT_EQ(ca_.count(resources::kNewOrder), 1) << "a person asks anew";
}

TEST_F(Vetting, ThatWantsAPersonSaysWhere) {
  hold();
  place();
  const auto order = held();
  ca_.ask(order, "https://ca.example/documents/17");
  tick(4);
  EXPECT_EQ(state(), "action_required");
  EXPECT_EQ(show()["url"], "https://ca.example/documents/17");
  EXPECT_EQ(show()["turn"]["party"], "requester");
  EXPECT_EQ(show()["turn"]["command"], "certmgr enrollment resume 1");
  ca_.approve(order);
  as(kRequester, {"enrollment", "resume", "1"});
  tick(8);
  EXPECT_EQ(state(), "issued");
  EXPECT_EQ(ca_.count(resources::kNewOrder), 1);
}

TEST_F(Vetting, ThatGivesLessThanAskedIsCaught) {
  hold();
  place();
  ca_.downgrade(held());
  tick(4);
  ASSERT_EQ(state(), "quarantined");
  EXPECT_EQ(show()["verdict"]["found"], "dv");
  EXPECT_EQ(deployed(), "") << "nothing of it is deployed";
  tick(5);
  EXPECT_EQ(deployed(), "");
  const Arguments accept{"enrollment", "accept", "1", "--reason", "better than none"};
  EXPECT_EQ(refusal(kRequester, accept), "not_permitted");
  as(kApprover, accept);
  EXPECT_EQ(state(), "issued");
  EXPECT_EQ(show()["level_found"], "dv");
  EXPECT_EQ(show()["accepted"]["by"], kApprover);
  tick(6);
  EXPECT_THAT(deployed(), HasSubstr("BEGIN CERTIFICATE"));
  EXPECT_EQ(certificate()["issued_level"], "dv");
  tick(7);
  EXPECT_EQ(ca_.count(resources::kNewOrder), 1) << "what was accepted is kept";
}

TEST_F(Vetting, ThatGaveLessThanAskedCanBeRejected) {
  ca_.change([](auto& behaviour) { behaviour.downgrade_to_dv = true; });
  place();
  ASSERT_EQ(state(), "quarantined");
  as(kApprover, {"enrollment", "reject", "1", "--reason", "not what we pay for"});
  EXPECT_EQ(state(), "failed");
  EXPECT_EQ(certificate()["state"], "failed") << "it is in quarantine no more";
  EXPECT_EQ(show()["trouble"]["code"], "level_mismatch");
  tick(5);
  EXPECT_EQ(deployed(), "");
  EXPECT_EQ(ca_.count(resources::kNewOrder), 1);
}

TEST_F(Vetting, ThatGaveLessThanAskedCanBeRevoked) {
  ca_.change([](auto& behaviour) { behaviour.downgrade_to_dv = true; });
  place();
  as(kApprover, {"enrollment", "reject", "1", "--reason", "not what we pay for", "--revoke"});
  EXPECT_EQ(state(), "failed");
  EXPECT_EQ(ca_.count(resources::kRevokeCert), 1);
  expect_honest_client();
}

TEST_F(Vetting, MayBeginWithAPlaceholder) {
  hold();
  place();
  const auto order = held();
  ca_.send_placeholder(order);
  tick(4);
  ASSERT_EQ(state(), "quarantined");
  EXPECT_EQ(show()["verdict"]["placeholder"], true);
  as(kApprover, {"enrollment", "await", "1", "--reason", "the CA says so"});
  tick(8);
  EXPECT_EQ(state(), "awaiting_ca");
  EXPECT_EQ(deployed(), "");
  ca_.approve(order);
  tick(24);
  EXPECT_EQ(state(), "issued");
  EXPECT_EQ(show()["level_found"], "ov");
  EXPECT_THAT(deployed(), HasSubstr("BEGIN CERTIFICATE"));
  EXPECT_EQ(ca_.count(resources::kNewOrder), 1);
}

TEST_F(Vetting, OfACaThatIgnoresTheProfileIsCaughtBeforeItIssues) {
  ca_.change([](auto& behaviour) { behaviour.profile_ignored = true; });
  request(4, {"--ca", "by-profile"});
  as(kApprover, {"enrollment", "approve", "1"});
  tick();
  EXPECT_EQ(state(), "failed");
  EXPECT_EQ(show()["trouble"]["code"], "profile_unconfirmed");
  EXPECT_EQ(ca_.count(resources::kFinalize), 0);
}

TEST_F(Vetting, OfACaThatIgnoresAPreferredProfileIsCaughtByWhatItIssues) {
  ca_.change([](auto& behaviour) { behaviour.profile_ignored = true; });
  request(4, {"--ca", "by-preference"});
  as(kApprover, {"enrollment", "approve", "1"});
  tick();
  EXPECT_EQ(state(), "quarantined");
  EXPECT_EQ(show()["verdict"]["faults"][0]["code"], "level_mismatch");
  EXPECT_EQ(deployed(), "");
}

TEST_F(Vetting, ByProfileIsIssued) {
  request(4, {"--ca", "by-profile"});
  as(kApprover, {"enrollment", "approve", "1"});
  tick();
  EXPECT_EQ(state(), "issued");
  expect_honest_client();
}

TEST_F(Vetting, GoesOnThoughFinalizeSaid400) {
  ca_.change([](auto& behaviour) { behaviour.finalize_says_400 = true; });
  place();
  tick(1);
  tick(5);
  EXPECT_EQ(state(), "issued");
  EXPECT_EQ(ca_.count(resources::kNewOrder), 1);
}

TEST_F(Vetting, ThatGivesSomethingElseIsCaught) {
  struct Case {
    void (*fault)(lab::strict::IssuanceFault&);
    const char* code;
  };
  const std::vector<Case> cases{
      {[](auto& fault) {
         auto other = acme();
         other.name = "Acme Holding AG";
         fault.other_organization = other;
       },
       "subject_mismatch"},
      {[](auto& fault) { fault.organizational_unit = "Telefonie"; }, "subject_mismatch"},
      {[](auto& fault) { fault.other_names = {"other.example.com"}; }, "san_mismatch"},
      {[](auto& fault) { fault.validity = std::chrono::days(201); }, "validity_cap"},
      {[](auto& fault) { fault.policies = std::vector<std::string>{}; }, "policy_missing"},
      {[](auto& fault) { fault.without_server_auth = true; }, "usage_mismatch"}};
  int id = 0;
  for (const auto& each : cases) {
    ca_.change([&](auto& behaviour) {
      behaviour.issuance = {};
      each.fault(behaviour.issuance);
    });
    request();
    as(kApprover, {"enrollment", "approve", std::to_string(++id)});
    tick();
    EXPECT_EQ(state(id), "quarantined") << each.code;
    EXPECT_EQ(show(id)["verdict"]["faults"][0].value("code", "none"), each.code);
    as(kApprover, {"enrollment", "reject", std::to_string(id), "--reason", "not what was asked for"});
  }
  EXPECT_EQ(deployed(), "") << "nothing of it";
}

TEST_F(Vetting, OfAnOrganizationThatWasRenamedMeanwhileIsKeptBack) {
  hold();
  place();
  as("root", {"org", "edit", "acme", "--legal-name", "Acme Sprachdienste GmbH", "--yes"});
  ca_.approve(held());
  tick(4);
  ASSERT_EQ(state(), "quarantined") << "the CA vouches for a name that the organization has no more";
  const auto faults = show()["verdict"]["faults"];
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0]["code"], "organization_changed");
  EXPECT_THAT(faults[0]["why"].get<std::string>(),
              HasSubstr("'Acme Sprachdienste GmbH' instead of 'Acme Telefonie GmbH'"));
  tick(5);
  EXPECT_EQ(deployed(), "");
  EXPECT_EQ(show()["verdict"]["faults"], faults) << "however often it is looked at";
  as(kApprover, {"enrollment", "accept", "1", "--reason", "until the register has the new name"});
  tick(6);
  EXPECT_EQ(state(), "issued");
  EXPECT_THAT(deployed(), HasSubstr("BEGIN CERTIFICATE"));
}

TEST_F(Vetting, OfAnOrganizationThatIsGoneIsKeptBack) {
  hold();
  place();
  as("root", {"org", "remove", "acme", "--yes"});
  ca_.approve(held());
  tick(4);
  EXPECT_EQ(state(), "quarantined");
  EXPECT_EQ(deployed(), "");
}

TEST_F(Vetting, IsNotBegunForANameThatNobodyHasApproved) {
  request();
  as(kApprover, {"enrollment", "approve", "1", "--not-before", "2h"});
  as("root", {"org", "edit", "acme", "--legal-name", "Acme Sprachdienste GmbH", "--yes"});
  as("root", {"org", "revalidate", "acme", "--ca", "vetted"});
  as("root", {"org", "acknowledge", "acme", "--ca", "vetted"});
  validated("vetted");
  tick(3);
  EXPECT_EQ(state(), "blocked_org");
  EXPECT_EQ(show()["trouble"]["code"], "organization_changed");
  EXPECT_EQ(show()["turn"]["command"], "certmgr renew " + std::string(kName));
  EXPECT_EQ(ca_.count(resources::kNewOrder), 0);
  as(kRequester, {"renew", kName}, 4);
  EXPECT_EQ(state(), "pending_approval") << "for the new name";
}

TEST_F(Vetting, OutlivesAPruningThatCannotBeDoneWhole) {
  hold();
  place();
  // "z": after the other one in every list.
  auto busy = certmgr_.start({"issue", "z.example.com", "--no-deploy"});
  ASSERT_TRUE(lab::wait_until([&] { return ca_.held_orders().size() == 2; })) << busy.errors();
  lab::write_file(files_ / "empty.toml", "");
  const auto outcome = certmgr_.run({"apply", (files_ / "empty.toml").string(), "--prune", "--yes"});
  EXPECT_EQ(outcome.exit_code, 4) << outcome.output;
  EXPECT_THAT(outcome.output, HasSubstr("withdraws enrollment 1, which is ordering"));
  EXPECT_THAT(outcome.errors, HasSubstr("is working on its order"));
  EXPECT_EQ(state(), "awaiting_ca") << "nothing was done";
  busy.end();
  for (const auto& order : ca_.held_orders()) ca_.approve(order);
  tick(4);
  EXPECT_EQ(state(), "issued");
}

TEST_F(Vetting, DoesNotMindAChangeOfTheRecordThatNoCertificateShows) {
  hold();
  place();
  as("root", {"org", "edit", "acme", "--phone", "+49 30 7654321", "--yes"});
  ca_.approve(held());
  tick(4);
  EXPECT_EQ(state(), "issued");
}

TEST_F(Vetting, IsNotBegunWithAnExternalAccountThatIsUsedUp) {
  place();
  ASSERT_EQ(state(), "issued");
  as("root", {"account", "deactivate", "vetted", "--yes"});
  auto text = lab::read_file(certmgr_.config_file());
  const std::string kid = "eab_kid = \"kid-ov\"";
  text.replace(text.find(kid), kid.size(), kid + "\neab_once = true");
  lab::write_file(certmgr_.config_file(), text);
  EXPECT_EQ(refusal("root", {"account", "register", "vetted", "--agree-tos"}), "eab_consumed");
  as(kRequester, {"renew", "--force", kName}, 4);
  as(kApprover, {"enrollment", "approve", "2"});
  tick(1);
  EXPECT_EQ(state(2), "blocked_ca");
  EXPECT_EQ(show(2)["trouble"]["code"], "eab_consumed");
  EXPECT_EQ(ca_.count(resources::kNewOrder), 1);
}

TEST_F(Vetting, ThatIsWithdrawnIsFollowedNoMore) {
  hold();
  place();
  const auto order = held();
  EXPECT_EQ(refusal(kRequesterAndApprover, {"enrollment", "withdraw", "1"}), "not_permitted");
  EXPECT_THAT(as(kRequester, {"enrollment", "withdraw", "1", "--reason", "not needed"})["note"].dump(),
              HasSubstr("may still issue"));
  ca_.approve(order);
  tick(4);
  EXPECT_EQ(state(), "withdrawn");
  EXPECT_EQ(deployed(), "");
}

TEST_F(Vetting, IsHeldToTheLifeThatWasApproved) {
  ca_.change([](auto& behaviour) { behaviour.issuance.validity = std::chrono::days(90); });
  request(4, {"--not-after", "20d"});
  as(kApprover, {"enrollment", "approve", "1"});
  tick();
  ASSERT_EQ(state(), "quarantined") << ticked_;
  EXPECT_EQ(show()["verdict"]["faults"][0]["code"], "validity_longer");
  EXPECT_EQ(deployed(), "");
  as(kApprover, {"enrollment", "accept", "1", "--reason", "the CA has no shorter ones"});
  tick();
  EXPECT_EQ(state(), "issued");
  EXPECT_THAT(deployed(), HasSubstr("BEGIN CERTIFICATE"));
}

/// As the installed units run it: one half faces the network, the other one puts files in place.
TEST_F(Vetting, IsFollowedAndDeployedByTheTwoHalvesOfTheDaemon) {
  const auto started = [](lab::Process& daemon) {
    return lab::wait_until([&] { return daemon.errors().find("at work") != std::string::npos; });
  };
  auto network = certmgr_.start({"daemon", "--role", "network"});
  auto deploy = certmgr_.start({"daemon", "--role", "deploy"});
  ASSERT_TRUE(started(network) && started(deploy)) << network.errors() << deploy.errors();
  request();
  as(kApprover, {"enrollment", "approve", "1"});
  EXPECT_TRUE(lab::wait_until([&] { return state() == "issued"; })) << state() << network.errors();
  EXPECT_TRUE(lab::wait_until([&] { return !deployed().empty(); })) << deploy.errors();
  expect_honest_client();
}

}  // namespace
}  // namespace certmgr::e2e
