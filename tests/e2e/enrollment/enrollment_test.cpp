// SPDX-License-Identifier: MIT
// From a request to a certificate that vouches for an organization, with people and a vetting CA between.
#include <SQLiteCpp/Database.h>

#include "e2e/enrollment/vetted_world.h"

namespace certmgr::e2e {
namespace {

using testing::HasSubstr;
namespace resources = lab::strict::resources;

class Enrollment : public Vetted {};

TEST_F(Enrollment, IsRequestedApprovedIssuedAndDeployed) {
  const auto waiting = request();
  EXPECT_EQ(waiting["error"]["code"], "pending_approval");
  EXPECT_THAT(waiting["error"]["hint"].get<std::string>(), HasSubstr("certmgr enrollment approve 1"));
  EXPECT_EQ(ca_.count(resources::kNewOrder), 0) << "nothing is sent before somebody agreed";
  auto shown = show();
  EXPECT_EQ(shown["turn"]["party"], "approver");
  EXPECT_EQ(shown["steps"][0]["state"], "done");
  EXPECT_EQ(shown["steps"][1]["state"], "current");
  EXPECT_EQ(shown["steps"][2]["state"], "next");

  as(kApprover, {"enrollment", "approve", "1", "--comment", "as agreed"});
  tick();
  shown = show();
  EXPECT_EQ(shown["state"], "issued");
  EXPECT_EQ(shown["level_found"], "ov");
  EXPECT_EQ(shown["approvals_given"][0]["person"], kApprover);
  EXPECT_THAT(deployed(), HasSubstr("BEGIN CERTIFICATE"));
  const auto list = as(kAuditor, {"list"})["certificates"][0];
  EXPECT_EQ(list["level"], "ov");
  expect_honest_client();
  EXPECT_EQ(request(0)["changed"], false) << "it is what was wanted";
  EXPECT_THAT(as(kAuditor, {"enrollment", "list"})["enrollments"], testing::IsEmpty());
  EXPECT_EQ(as(kAuditor, {"enrollment", "list", "--all"})["enrollments"].size(), 1U);
}

TEST_F(Enrollment, IsDecidedBySomebodyElseThanItsRequester) {
  write_config("[enrollment]\ndual_control = true\n");
  request(4, {}, kRequesterAndApprover);
  EXPECT_EQ(refusal(kRequesterAndApprover, {"enrollment", "approve", "1"}), "self_approval_forbidden");
  EXPECT_EQ(refusal(kRequester, {"enrollment", "approve", "1"}), "not_permitted");
  EXPECT_EQ(refusal("root", {"enrollment", "approve", "1"}), "not_permitted") << "an admin is no approver";
  EXPECT_EQ(refusal("daemon", {"enrollment", "show", "1"}), "not_permitted") << "who has no role";
  as(kApprover, {"enrollment", "approve", "1"});
  EXPECT_EQ(refusal(kApprover, {"enrollment", "approve", "1"}), "wrong_state");
  const auto events = as(kAuditor, {"enrollment", "history", "1"})["events"];
  std::vector<std::string> kinds;
  for (const auto& event : events) kinds.push_back(event["kind"]);
  EXPECT_THAT(kinds,
              testing::IsSupersetOf({"enrollment.opened", "enrollment.refused", "enrollment.approved"}));
}

TEST_F(Enrollment, OfEvNeedsTwoPersonsWithoutBeingTold) {
  as("root", {"org", "submit", "acme", "--ca", "extended", "--level", "ev"});
  as("root", {"org", "acknowledge", "acme", "--ca", "extended"});
  Arguments said{"org", "validated", "acme", "--ca", "extended"};
  for (const char* item : {"legal_existence", "address", "vmoc", "operational", "authority"})
    said.insert(said.end(), {"--item", std::string(item) + "=" + today()});
  said.insert(said.end(), {"--collected-at", today()});
  as("root", said);
  as(kRequesterAndApprover,
     {"issue", kName, "--ca", "extended", "--level", "ev", "--organization", "acme", "--server", "files"}, 4);
  EXPECT_EQ(refusal(kRequesterAndApprover, {"enrollment", "approve", "1"}), "self_approval_forbidden");
  as(kApprover, {"enrollment", "approve", "1"});
  tick();
  EXPECT_EQ(state(), "issued");
  EXPECT_EQ(show()["level_found"], "ev");
  EXPECT_EQ(certificate()["issued_level"], "ev");
  expect_honest_client();
}

TEST_F(Enrollment, CannotBeForWhatNoCaMayPutThere) {
  const Arguments ev{"--ca", "extended", "--level", "ev", "--organization", "acme"};
  const auto asked = [&](const char* name) {
    Arguments arguments{"issue", name};
    arguments.insert(arguments.end(), ev.begin(), ev.end());
    return refusal(kRequester, arguments);
  };
  EXPECT_EQ(asked("192.0.2.7"), "bad_identifier");
  Arguments elsewhere{"issue", kName, "--fallback-ca", "careless"};
  elsewhere.insert(elsewhere.end(), ev.begin(), ev.end());
  EXPECT_EQ(refusal(kRequester, elsewhere), "fallback_of_level");
  EXPECT_THAT(as(kAuditor, {"enrollment", "list", "--all"})["enrollments"], testing::IsEmpty());
}

TEST_F(Enrollment, CannotBeGotAroundWithAFleetFile) {
  const auto file = files_ / "fleet.toml";
  const auto applied = [&](const std::string& certificate) {
    lab::write_file(file, "[[certificate]]\nnames = [\"" + std::string(kName) + "\"]\n" + certificate);
    const auto outcome = certmgr_.run({"apply", file.string(), "--yes", "--json"});
    EXPECT_EQ(outcome.exit_code, 2) << outcome.output << outcome.errors;
    return json::parse(outcome.output, nullptr, false)["error"].value("code", "none");
  };
  EXPECT_EQ(applied("ca = \"vetted\"\n"), "level_not_offered") << "dv from an entry for ov";
  request();
  EXPECT_EQ(applied("ca = \"careless\"\n"), "enrolled_certificate") << "dv instead of ov";
  EXPECT_EQ(state(), "pending_approval");
}

TEST_F(Enrollment, IsDecidedByThoseWhomTheOrganizationNames) {
  const auto file = files_ / "contacts.toml";
  const auto contact = [](const std::string& login, const std::string& until) {
    return "[[organization.contact]]\nname = \"" + login + "\"\nemail = \"" + login +
           "@acme.example.com\"\nroles = [\"approver\"]\nlogin = \"" + login + "\"\nauthority_until = \"" +
           until + "\"\n";
  };
  lab::write_file(file,
                  "[[organization]]\nname = \"acme\"\nlegal_name = \"Acme Telefonie GmbH\"\n"
                  "category = \"private-organization\"\nregistration_number = \"HRB 12345\"\n"
                  "agency = \"Amtsgericht Berlin\"\n"
                  "jurisdiction = { country = \"DE\", state = \"Berlin\", locality = \"Berlin\" }\n"
                  "address = { street = \"Musterstrasse 1\", locality = \"Berlin\", state = \"Berlin\", "
                  "postal_code = \"10115\", country = \"DE\" }\n" +
                      contact(kApprover, "2099-01-01") + contact(kSecondApprover, "2020-01-01"));
  as("root", {"org", "edit", "acme", "--file", file.string(), "--yes"});
  request();
  EXPECT_EQ(refusal(kRequesterAndApprover, {"enrollment", "approve", "1"}), "not_an_approver");
  EXPECT_EQ(refusal(kSecondApprover, {"enrollment", "approve", "1"}), "authority_expired");
  as(kApprover, {"enrollment", "approve", "1"});
  tick();
  EXPECT_EQ(state(), "issued");
}

TEST_F(Enrollment, IsRootsWhereNobodyHasRoles) {
  auto text = lab::read_file(certmgr_.config_file());
  const auto begin = text.find("[roles]");
  text.erase(begin, text.find("auditor", begin) - begin);
  text.erase(text.find("auditor"), text.find('\n', text.find("auditor")) - text.find("auditor"));
  lab::write_file(certmgr_.config_file(), text);
  EXPECT_EQ(
      refusal(kRequester, {"issue", kName, "--ca", "vetted", "--level", "ov", "--organization", "acme"}),
      "not_permitted");
  as("root", {"issue", kName, "--ca", "vetted", "--level", "ov", "--organization", "acme"}, 4);
  as("root", {"enrollment", "approve", "1"});
  tick();
  EXPECT_EQ(as("root", {"enrollment", "show", "1"})["enrollment"]["state"], "issued");
}

TEST_F(Enrollment, GoesWithItsCertificateByTheWordOfSomebodyWhoMay) {
  request();
  EXPECT_EQ(refusal("daemon", {"delete", kName, "--yes"}), "not_permitted");
  lab::write_file(files_ / "empty.toml", "");
  const Arguments prune{"apply", (files_ / "empty.toml").string(), "--prune", "--yes"};
  EXPECT_EQ(refusal("daemon", prune), "not_permitted");
  EXPECT_EQ(state(), "pending_approval");
  as(kRequester, {"delete", kName, "--yes"});
  EXPECT_EQ(state(), "withdrawn");
  EXPECT_THAT(as(kAuditor, {"enrollment", "history", "1"})["events"].dump(),
              HasSubstr("the certificate was deleted"));
}

TEST_F(Enrollment, ThatWasDeniedIsOver) {
  request();
  EXPECT_EQ(refusal(kApprover, {"enrollment", "deny", "1", "--reason", ""}), "reason_missing");
  as(kApprover, {"enrollment", "deny", "1", "--reason", "wrong name"});
  EXPECT_EQ(refusal(kSecondApprover, {"enrollment", "approve", "1"}), "approval_denied");
  tick();
  EXPECT_EQ(ca_.count(resources::kNewOrder), 0);
  request();
  EXPECT_EQ(show(2)["replaces"], 1);
}

TEST_F(Enrollment, NeedsAsManyAsTheRulesSay) {
  write_config("[enrollment]\nquorum = 2\n");
  request();
  as(kApprover, {"enrollment", "approve", "1"});
  EXPECT_EQ(state(), "pending_approval");
  EXPECT_EQ(refusal(kApprover, {"enrollment", "approve", "1"}), "approval_exists");
  as(kSecondApprover, {"enrollment", "approve", "1"});
  tick();
  EXPECT_EQ(state(), "issued");
}

TEST_F(Enrollment, ThatWasEditedIsApprovedAnew) {
  request();
  const std::string seen = show()["request_hash"];
  as(kApprover, {"enrollment", "approve", "1"});
  ASSERT_EQ(state(), "approved");
  request(4, {"sip.example.com", "--label", kName});
  EXPECT_EQ(state(), "pending_approval");
  EXPECT_EQ(show()["approvals"]["given"], 0);
  EXPECT_EQ(show()["approvals_given"][0]["counts"], false);
  EXPECT_EQ(refusal(kApprover, {"enrollment", "approve", "1", "--request", seen}), "scope_changed");
  as(kApprover, {"enrollment", "approve", "1"});
  tick();
  EXPECT_EQ(state(), "issued");
  EXPECT_EQ(certificate()["identifiers"].size(), 2U);
}

TEST_F(Enrollment, WaitsForTheCaToValidateTheOrganization) {
  as("root", {"org", "edit", "acme", "--legal-name", "Acme Holding GmbH", "--yes"});
  request();
  as(kApprover, {"enrollment", "approve", "1"});
  tick();
  EXPECT_EQ(show()["trouble"]["code"], "org_not_validated");
  EXPECT_EQ(state(), "blocked_org");
  EXPECT_EQ(ca_.count(resources::kNewOrder), 0);
  as("root", {"org", "revalidate", "acme", "--ca", "vetted"});
  as("root", {"org", "acknowledge", "acme", "--ca", "vetted"});
  validated("vetted");
  tick();
  EXPECT_EQ(ca_.count(resources::kNewOrder), 1);
  EXPECT_EQ(state(), "quarantined") << "the CA still knows the old name";
  EXPECT_EQ(show()["verdict"]["faults"][0]["code"], "subject_mismatch");
}

TEST_F(Enrollment, IsNotOrderedBeforeItsWindow) {
  request();
  as(kApprover, {"enrollment", "approve", "1", "--not-before", "5h", "--not-after", "9h"});
  tick();
  EXPECT_EQ(state(), "approved");
  EXPECT_EQ(show()["turn"]["party"], "clock");
  EXPECT_EQ(ca_.count(resources::kNewOrder), 0);
  tick(6);
  EXPECT_EQ(state(), "issued");
}

TEST_F(Enrollment, OfAnUnknownOrganizationOrLevelIsRefused) {
  EXPECT_EQ(
      refusal(kRequester, {"issue", kName, "--ca", "vetted", "--level", "ov", "--organization", "acne"}),
      "unknown_organization");
  EXPECT_EQ(refusal(kRequester, {"issue", kName, "--ca", "vetted", "--level", "ov"}), "organization_missing");
  EXPECT_EQ(refusal(kRequester, {"issue", kName, "--ca", "test", "--level", "ov", "--organization", "acme"}),
            "level_not_offered");
  EXPECT_EQ(refusal(kRequester, {"issue", kName, "--organization", "acme"}), "organization_without_level");
  EXPECT_EQ(refusal(kApprover, {"issue", kName, "--ca", "vetted", "--level", "ov", "--organization", "acme"}),
            "not_permitted");
  EXPECT_EQ(refusal(kAuditor, {"enrollment", "show", "77"}), "unknown_enrollment");
  EXPECT_THAT(as(kAuditor, {"list"})["certificates"], testing::IsEmpty()) << "nothing is half made";
}

TEST_F(Enrollment, CannotBeGoneAround) {
  EXPECT_EQ(refusal(kRequester, {"issue", kName, "--ca", "vetted"}), "level_not_offered")
      << "nobody decides about dv, and the CA vouches for organizations";
  EXPECT_EQ(refusal(kRequester, {"issue", kName, "--ca", "test", "--fallback-ca", "vetted"}),
            "level_not_offered");
  EXPECT_THAT(as(kAuditor, {"list"})["certificates"], testing::IsEmpty());
  request();
  EXPECT_EQ(refusal(kApprover, {"issue", kName, "--level", "dv", "--ca", "test"}), "not_permitted");
  EXPECT_EQ(refusal(kRequester, {"issue", kName, "--level", "dv", "--ca", "test"}), "enrollment_open");
  EXPECT_EQ(certificate()["level"], "ov");
  EXPECT_EQ(ca_.count(resources::kNewOrder), 0);
}

TEST_F(Enrollment, IsNotReplacedByAnAccountThatVouchesForEverybody) {
  const auto refused = as(kApprover, {"issue", kName, "--ca", "careless", "--server", "files"}, 1);
  EXPECT_EQ(refused["error"]["code"], "level_mismatch");
  EXPECT_EQ(deployed(), "");
}

TEST_F(Enrollment, AtTheCaIsNotChangedByARefusedEdit) {
  ca_.change([](auto& behaviour) { behaviour.hold_orders = true; });
  place();
  ASSERT_EQ(state(), "awaiting_ca");
  EXPECT_EQ(refusal(kRequester, {"issue", kName, "evil.example.com", "--label", kName}), "enrollment_open");
  EXPECT_EQ(certificate()["identifiers"].size(), 1U);
  ca_.approve(ca_.held_orders().front());
  tick(4);
  EXPECT_EQ(state(), "issued");
  tick(5);
  EXPECT_EQ(as(kAuditor, {"enrollment", "list", "--all"})["enrollments"].size(), 1U);
}

TEST_F(Enrollment, ThatWasDeniedAsksNobodyAnyMore) {
  request();
  tick();
  ASSERT_THAT(certmgr_.run({"status"}).output, HasSubstr("enrollment approve 1"));
  as(kApprover, {"enrollment", "deny", "1", "--reason", "no"});
  tick();
  EXPECT_THAT(certmgr_.run({"status"}).output, testing::Not(HasSubstr("enrollment approve 1")));
}

TEST_F(Enrollment, LeavesATrailThatTellsOfAChangedByte) {
  place();
  ASSERT_EQ(state(), "issued");
  ASSERT_EQ(as("root", {"history", "--verify"})["ok"], true);
  SQLite::Database store(certmgr_.store_file().string(), SQLite::OPEN_READWRITE);
  store.setBusyTimeout(10'000);
  store.exec(
      "DROP TRIGGER events_never_change; UPDATE events SET data = replace(data, 'games', 'gamer')"
      " WHERE kind LIKE 'enrollment.%' AND data LIKE '%games%'");
  EXPECT_EQ(as("root", {"history", "--verify"}, 1)["ok"], false);
}

TEST_F(Enrollment, OfTwoKeyTypesAreBothTold) {
  const auto error = as(kRequester,
                        {"issue", kName, "--level", "ov", "--organization", "acme", "--ca", "vetted",
                         "--key-type", "ecdsa-p256,rsa-2048"},
                        4)["error"];
  EXPECT_THAT(error.value("hint", ""), HasSubstr("enrollment show 1"));
  EXPECT_THAT(error.value("hint", ""), HasSubstr("enrollment show 2"));
}

TEST_F(Enrollment, WhoKeepsTheRecordsHasARoleForIt) {
  for (const Arguments& deed :
       std::vector<Arguments>{{"org", "add", "other", "--legal-name", "Other GmbH"},
                              {"org", "edit", "acme", "--legal-name", "Other GmbH", "--yes"},
                              {"org", "remove", "acme", "--yes"},
                              {"org", "submit", "acme", "--ca", "careless", "--level", "ov"},
                              {"org", "validated", "acme", "--ca", "vetted", "--collected-at", today()},
                              {"org", "revalidate", "acme", "--ca", "vetted"},
                              {"org", "reject", "acme", "--ca", "vetted", "--reason", "no"}})
    EXPECT_EQ(refusal(kApprover, deed), "not_permitted") << deed[1];
  lab::write_file(files_ / "fleet.toml",
                  "[[organization]]\nname = \"acme\"\nlegal_name = \"Other GmbH\"\n[organization.address]\n"
                  "locality = \"Berlin\"\ncountry = \"DE\"\n");
  EXPECT_EQ(refusal(kApprover, {"apply", (files_ / "fleet.toml").string(), "--yes"}), "not_permitted");
  EXPECT_EQ(as(kApprover, {"org", "show", "acme"})["organization"]["legal_name"], "Acme Telefonie GmbH");
  EXPECT_EQ(as(kApprover, {"org", "list"})["organizations"].size(), 1U);
}

}  // namespace
}  // namespace certmgr::e2e
