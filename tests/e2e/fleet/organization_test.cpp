// SPDX-License-Identifier: MIT
// Organizations as a compliance officer keeps them: by fleet file, and by command through a whole validation.
#include <gmock/gmock.h>

#include "e2e/fleet/fleet_program.h"

namespace certmgr::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Organizations : public FleetProgram {
 protected:
  Outcome org(Arguments arguments) {
    arguments.insert(arguments.begin(), "org");
    return certmgr_.run(arguments);
  }
  /// The document, after the exit code was what it should be.
  json document(Arguments arguments, int code = 0) {
    arguments.push_back("--json");
    const auto outcome = org(arguments);
    EXPECT_EQ(outcome.exit_code, code) << outcome.output << outcome.errors;
    return outcome.json();
  }
  static std::string acme(const std::string& legal_name = "Acme GmbH") {
    return "[[organization]]\nname = \"acme\"\nlegal_name = \"" + legal_name +
           "\"\ncategory = \"private-organization\"\nregistration_number = \"HRB 1\"\n"
           "jurisdiction = { country = \"DE\" }\naddress = { country = \"DE\", locality = \"Berlin\" }\n";
  }
  static std::string days_ago(int days) {
    const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
    const std::chrono::year_month_day date{today - std::chrono::days(days)};
    char text[11];
    std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
    return text;
  }
  /// From nothing to a validation in force.
  void validate(const std::string& name, const std::string& level) {
    ASSERT_EQ(org({"submit", name, "--ca", "test", "--level", level}).exit_code, 0);
    ASSERT_EQ(org({"acknowledge", name}).exit_code, 0);
    ASSERT_EQ(org({"validated", name, "--collected-at", days_ago(3)}).exit_code, 0);
  }
  std::string state(const std::string& name) {
    return document({"show", name})["organization"]["validations"][0]["state"];
  }
};

TEST_F(Organizations, AreDeclaredOnceEditedAndPruned) {
  const auto first = apply(acme());
  ASSERT_EQ(first.exit_code, 0) << first.errors;
  EXPECT_THAT(first.output, HasSubstr("+ organization acme\n1 to create"));
  EXPECT_EQ(apply(acme(), {}).output, "0 to create, 0 to change, 0 to remove, 1 unchanged\nnothing to do\n");
  validate("acme", "ov");

  const auto planned = apply(acme("Acme AG"), {"--dry-run"});
  EXPECT_THAT(planned.output, HasSubstr("~ organization acme: legal_name: Acme GmbH -> Acme AG\n"
                                        "    ! suspends the ov validation at test\n"));
  EXPECT_EQ(state("acme"), "validated") << "a dry run changes nothing";
  EXPECT_EQ(apply(acme("Acme AG")).exit_code, 0);
  EXPECT_EQ(state("acme"), "suspended");
  EXPECT_EQ(document({"show", "acme"})["organization"]["version"], 2);

  EXPECT_THAT(apply("").output, HasSubstr("1 organization is not in the file and left alone"));
  EXPECT_THAT(apply("", {"--yes", "--prune"}).output, HasSubstr("- organization acme\n"));
  EXPECT_EQ(document({"show", "acme"}, 2)["error"]["code"], "unknown_organization");
  EXPECT_EQ(certmgr_.run({"db", "check"}).exit_code, 0);
}

TEST_F(Organizations, EveryFaultOfAnEntryIsToldWithItsPlace) {
  const auto outcome = apply(
      "[[organization]]\nname = \"acme\"\nlegal_name = \"-\"\n[organization.address]\ncountry = \"UK\"\n"
      "[[organization]]\nname = \"acme\"\nlegal_name = \"A\"\n");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.errors, HasSubstr("4 faults"));
  for (const char* part : {"fleet.toml:3:14", "fleet.toml:5:11", "fleet.toml:6:1", "GB", "no value",
                           "there is an organization 'acme' at"})
    EXPECT_THAT(outcome.errors, HasSubstr(part));
  EXPECT_EQ(document({"list"})["organizations"].size(), 0U);
}

TEST_F(Organizations, ACertificateMustNameOneThatExistsAndIsNotOrderedYet) {
  const std::string certificate =
      "[[certificate]]\nnames = [\"a.example.com\"]\nlevel = \"ov\"\norganization = ";
  EXPECT_THAT(apply(acme() + certificate + "\"acne\"\n").errors, HasSubstr("did you mean 'acme'?"));
  const auto refused = apply(acme() + certificate + "\"acme\"\n");
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.errors, HasSubstr("declares certificates of level dv"));
  EXPECT_THAT(refused.errors, Not(HasSubstr("there is no organization")));
}

TEST_F(Organizations, GoThroughAWholeValidationByCommand) {
  const Arguments add{"add", "acme", "--legal-name", "Acme GmbH", "--address-country", "DE"};
  EXPECT_EQ(document(add, 2)["error"]["code"], "bad_organization") << "neither state nor locality";
  auto whole = add;
  whole.insert(whole.end(), {"--address-locality", "Berlin", "--address-state", "Berlin"});
  EXPECT_EQ(document(whole)["organization"]["ov"]["subject"][3]["value"], "Acme GmbH");
  EXPECT_EQ(document(whole, 2)["error"]["code"], "organization_exists");

  EXPECT_EQ(document({"acknowledge", "acme"}, 2)["error"]["code"], "no_validation");
  EXPECT_EQ(document({"submit", "acme", "--ca", "tets", "--level", "ov"}, 2)["error"]["code"], "unknown_ca");
  EXPECT_EQ(document({"submit", "acme", "--ca", "test", "--level", "ev"}, 2)["error"]["code"],
            "bad_organization")
      << "EV needs more";
  const Arguments submit{"submit", "acme", "--ca", "test", "--level", "ov", "--ca-reference", "R1"};
  EXPECT_EQ(document(submit)["validation"]["state"], "submitted");
  EXPECT_EQ(document(submit, 2)["error"]["code"], "wrong_state");
  EXPECT_EQ(document({"answer", "acme"}, 2)["error"]["code"], "wrong_state");
  EXPECT_EQ(document({"acknowledge", "acme"})["validation"]["state"], "in_vetting");
  const auto asked = document({"ask", "acme", "--what", "call back", "--url", "https://ca.example/1"});
  EXPECT_EQ(asked["validation"]["state"], "action_required");
  EXPECT_EQ(asked["validation"]["asked"], "call back");
  EXPECT_EQ(document({"answer", "acme"})["validation"]["state"], "in_vetting");
  EXPECT_EQ(document({"validated", "acme"}, 2)["error"]["code"], "bad_validation") << "no date";
  EXPECT_EQ(document({"validated", "acme", "--collected-at", days_ago(398)}, 2)["error"]["code"],
            "bad_validation");
  EXPECT_EQ(document({"validated", "acme", "--collected-at", "soon"}, 2)["error"]["code"], "bad_date");
  const auto done =
      document({"validated", "acme", "--collected-at", days_ago(1), "--item", "address=" + days_ago(5)});
  EXPECT_EQ(done["validation"]["state"], "validated");
  EXPECT_EQ(done["validation"]["collected_at"], days_ago(5));
  EXPECT_EQ(done["validation"]["expires"], days_ago(5 - 398));
  EXPECT_EQ(done["validation"]["ca_reference"], "R1");
  EXPECT_THAT(certmgr_.run({"history", "acme"}).output, HasSubstr("organization.validated"));
}

TEST_F(Organizations, AnOldOneIsExpiringAndANewCycleRunsBesideIt) {
  ASSERT_EQ(apply(acme()).exit_code, 0);
  ASSERT_EQ(org({"submit", "acme", "--ca", "test", "--level", "ov"}).exit_code, 0);
  ASSERT_EQ(org({"acknowledge", "acme"}).exit_code, 0);
  ASSERT_EQ(org({"validated", "acme", "--collected-at", days_ago(350)}).exit_code, 0);
  EXPECT_EQ(state("acme"), "expiring") << "48 days are left";
  ASSERT_EQ(org({"revalidate", "acme"}).exit_code, 0);
  auto both = document({"show", "acme"})["organization"]["validations"];
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(both[0]["state"], "submitted");
  EXPECT_EQ(both[1]["state"], "expiring") << "it stays usable";
  ASSERT_EQ(org({"acknowledge", "acme"}).exit_code, 0);
  ASSERT_EQ(org({"validated", "acme", "--collected-at", days_ago(0)}).exit_code, 0);
  both = document({"history", "acme"})["validations"];
  EXPECT_EQ(both[0]["state"], "validated");
  EXPECT_EQ(both[1]["state"], "expired");
}

TEST_F(Organizations, AnEditOfIdentityNeedsAYesAndSuspends) {
  ASSERT_EQ(apply(acme()).exit_code, 0);
  validate("acme", "ev");
  EXPECT_EQ(document({"edit", "acme", "--phone", "+49 30 1234567"})["suspends"].size(), 0U);
  EXPECT_EQ(state("acme"), "validated");
  const Arguments rename{"edit", "acme", "--legal-name", "Acme AG"};
  const auto refused = document(rename, 2);
  EXPECT_EQ(refused["error"]["code"], "not_confirmed");
  EXPECT_EQ(refused["suspends"][0]["level"], "ev");
  EXPECT_EQ(state("acme"), "validated");
  auto sure = rename;
  sure.emplace_back("--yes");
  EXPECT_EQ(document(sure)["changed"], true);
  EXPECT_EQ(state("acme"), "suspended");
  EXPECT_EQ(document(sure)["changed"], false) << "the second time nothing happens";
  EXPECT_EQ(document({"revalidate", "acme"})["validation"]["version"], 3);
  ASSERT_EQ(org({"acknowledge", "acme"}).exit_code, 0);
  EXPECT_EQ(document({"reject", "acme", "--reason", "denied list"})["validation"]["reason"], "denied list");
  EXPECT_EQ(document({"revalidate", "acme"}, 2)["error"]["code"], "wrong_state");
  EXPECT_EQ(document({"submit", "acme", "--ca", "test", "--level", "ev"})["validation"]["state"],
            "submitted");
  EXPECT_EQ(document({"remove", "acme"}, 2)["error"]["code"], "not_confirmed");
  EXPECT_EQ(document({"remove", "acme", "--yes"})["removed"], "acme");
}

TEST_F(Organizations, TheDaemonTellsOfAValidationThatEndsSoonAndThatTheNextOneIsThere) {
  ASSERT_EQ(apply(acme()).exit_code, 0);
  ASSERT_EQ(org({"submit", "acme", "--ca", "test", "--level", "ov"}).exit_code, 0);
  ASSERT_EQ(org({"acknowledge", "acme"}).exit_code, 0);
  ASSERT_EQ(org({"validated", "acme", "--collected-at", days_ago(390)}).exit_code, 0);
  ASSERT_EQ(certmgr_.run({"daemon", "--once"}).exit_code, 0);
  const auto told = certmgr_.run({"status"});
  EXPECT_THAT(told.output, HasSubstr("ends in 8 days"));
  EXPECT_THAT(told.output, HasSubstr("certmgr org revalidate acme --ca test --level ov"));
  EXPECT_EQ(state("acme"), "expiring");

  ASSERT_EQ(org({"revalidate", "acme"}).exit_code, 0);
  ASSERT_EQ(org({"acknowledge", "acme"}).exit_code, 0);
  ASSERT_EQ(org({"validated", "acme", "--collected-at", days_ago(0)}).exit_code, 0);
  ASSERT_EQ(certmgr_.run({"daemon", "--once"}).exit_code, 0);
  EXPECT_THAT(certmgr_.run({"status"}).output, Not(HasSubstr("ends in")));
  EXPECT_EQ(certmgr_.run({"db", "check"}).exit_code, 0);
}

TEST_F(Organizations, WhereSeveralCyclesFitTheCommandMustSayWhich) {
  ASSERT_EQ(apply(acme()).exit_code, 0);
  for (const char* level : {"ov", "ev"})
    ASSERT_EQ(org({"submit", "acme", "--ca", "test", "--level", level}).exit_code, 0);
  EXPECT_EQ(document({"acknowledge", "acme"}, 2)["error"]["code"], "which_validation");
  EXPECT_EQ(document({"acknowledge", "acme", "--level", "ev"})["validation"]["level"], "ev");
  EXPECT_EQ(document({"acknowledge", "acme"})["validation"]["level"], "ov") << "only one is left";
}

TEST_F(Organizations, ARecordCanComeFromAFile) {
  const auto path =
      write(acme() + "[[organization.contact]]\nname = \"Ada\"\nemail = \"ada@acme.example\"\n");
  const auto added = document({"add", "acme", "--file", path, "--address-state", "Berlin"});
  EXPECT_EQ(added["organization"]["contacts"][0]["name"], "Ada");
  EXPECT_EQ(added["organization"]["address"]["state"], "Berlin") << "an option goes before";
  EXPECT_EQ(document({"add", "beta", "--file", path}, 2)["error"]["code"], "no_such_entry");
  EXPECT_EQ(document({"edit", "acme", "--address-state", ""})["organization"]["address"]["state"], nullptr)
      << "an empty text takes it away";
}

}  // namespace
}  // namespace certmgr::e2e
