// SPDX-License-Identifier: MIT
// Certificates that vouch for an organization, from a CA that puts an organization and a policy into what it
// issues, and from the same CA where it does otherwise than it was asked.
#include "e2e/world/acme_record.h"
#include "step_ca_world.h"

namespace certmgr::e2e {
namespace {

using lab::StepCa;
using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// Who does what here; users that every Debian has.
constexpr const char* kRequester = "www-data";
constexpr const char* kApprover = "games";

constexpr const char* kName = "pbx.test";

class StepCaVetting : public WithStepCa {
 protected:
  void SetUp() override {
    if (!lab::may_log_in()) GTEST_SKIP() << "needs root, and a kernel that lets it set a login";
    WithStepCa::SetUp();
    if (IsSkipped()) return;
    configure(entry("vetted", StepCa::kOv, "levels = [\"ov\"]\n") +
              entry("extended", StepCa::kEv, "levels = [\"ev\"]\n") +
              entry("downgrading", StepCa::kDvPolicy, "levels = [\"ov\"]\n") +
              entry("careless", StepCa::kDv, "levels = [\"ov\"]\n") +
              entry("lying", StepCa::kElsewhere, "levels = [\"ov\"]\n") +
              entry("by-profile", StepCa::kOv, "levels = [\"ov\"]\nprofile = \"organization\"\n", 3) +
              entry("by-preference", StepCa::kDvPolicy,
                    "levels = [\"ov\"]\npreferred_profile = \"organization\"\n", 2) +
              entry("private", StepCa::kPrivate, "levels = [\"ov\"]\nexpect_policy = \"none\"\n") +
              entry("public", StepCa::kPrivate, "levels = [\"ov\"]\n", 2) + misconfigured() +
              "[roles]\nadmin = [\"root\"]\n" + "requester = [\"" + kRequester + "\"]\napprover = [\"" +
              kApprover + "\"]\n");
    run(add_acme(), 0);
    run({"server", "add", "files", "--type", "generic", "--key", (files() / "key.pem").string(),
         "--fullchain", (files() / "fullchain.pem").string()},
        0);
  }

  /// The directory for OV, with what was meant for that of EV.
  [[nodiscard]] std::string misconfigured() {
    auto text = entry("misconfigured", StepCa::kOv, "levels = [\"ov\"]\n", 2);
    const auto kid = ca().kid(StepCa::kOv, 2);
    return text.replace(text.find(kid), kid.size(), ca().kid(StepCa::kEv, 2));
  }
  json as(const std::string& person, Arguments arguments, int code = 0) {
    arguments.emplace_back("--json");
    const auto outcome = certmgr().run_as(person, arguments);
    EXPECT_EQ(outcome.exit_code, code) << person << " " << arguments[0] << " " << arguments[1] << "\n"
                                       << outcome.output << outcome.errors << ca().log();
    return json::parse(outcome.output, nullptr, false);
  }
  /// What the CA did outside of ACME is put on record.
  void validated(const std::string& ca, const std::string& level) const {
    run({"org", "submit", "acme", "--ca", ca, "--level", level}, 0);
    run({"org", "acknowledge", "acme", "--ca", ca}, 0);
    Arguments said{"org", "validated", "acme", "--ca", ca, "--collected-at", today()};
    if (level == "ev")
      for (const char* item : {"legal_existence", "address", "vmoc", "operational", "authority"})
        said.insert(said.end(), {"--item", std::string(item) + "=" + today()});
    run(said, 0);
  }
  static std::string today() {
    const auto day =
        std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()));
    char text[16];
    std::snprintf(text, sizeof(text), "%04d-%02u-%02u", static_cast<int>(day.year()),
                  static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
    return text;
  }
  /// Requested by one person, approved by another, and worked on.
  json enrolled(const std::string& ca, const std::string& level) {
    validated(ca, level);
    as(kRequester,
       {"issue", kName, "--ca", ca, "--level", level, "--organization", "acme", "--server", "files"}, 4);
    as(kApprover, {"enrollment", "approve", "1"});
    work();
    return certmgr().run_as(kApprover, {"enrollment", "show", "1", "--json"}).json()["enrollment"];
  }
  void work() const {
    const auto worked = run({"daemon", "--once"});
    // 1: something waits for a person.
    EXPECT_TRUE(worked.exit_code == 0 || worked.exit_code == 1) << worked.errors;
  }
  static std::vector<std::string> faults_of(const json& enrollment) {
    std::vector<std::string> codes;
    for (const auto& fault : enrollment["verdict"]["faults"]) codes.push_back(fault["code"]);
    return codes;
  }
  /// Subject and policies of what lies in the server's file, by somebody who has read more certificates than
  /// we.
  [[nodiscard]] std::string shown_by_openssl() const {
    lab::Process openssl({.command = {lab::find_program("openssl").string(), "x509", "-noout", "-subject",
                                      "-nameopt", "sep_comma_plus,utf8", "-ext", "certificatePolicies", "-in",
                                      (files() / "fullchain.pem").string()},
                          .environment = lab::own_environment(),
                          .output = files() / "openssl.out"});
    EXPECT_EQ(openssl.wait(std::chrono::seconds(10)), 0) << openssl.output();
    return openssl.output();
  }
  json show() { return as(kApprover, {"enrollment", "show", "1"})["enrollment"]; }
  [[nodiscard]] std::string deployed() const {
    const auto file = files() / "fullchain.pem";
    return std::filesystem::exists(file) ? lab::read_file(file) : std::string();
  }
};

TEST_F(StepCaVetting, OfAnOrganizationIsIssuedAsItWasRequested) {
  const auto enrollment = enrolled("vetted", "ov");
  EXPECT_EQ(enrollment["state"], "issued");
  EXPECT_EQ(enrollment["level_found"], "ov");
  EXPECT_EQ(run_json({"show", kName})["certificate"]["issued_level"], "ov");
  const auto shown = shown_by_openssl();
  EXPECT_THAT(shown, HasSubstr("subject=C=DE,ST=Berlin,L=Berlin,O=Acme Telefonie GmbH\n"));
  EXPECT_THAT(shown, HasSubstr("Policy: 2.23.140.1.2.2\n"));
}

TEST_F(StepCaVetting, OfEvIsIssuedAsItWasRequested) {
  const auto enrollment = enrolled("extended", "ev");
  EXPECT_EQ(enrollment["state"], "issued");
  EXPECT_EQ(enrollment["level_found"], "ev");
  const auto shown = shown_by_openssl();
  for (const char* part :
       {"O=Acme Telefonie GmbH", "serialNumber=HRB 12345", "businessCategory=Private Organization",
        "jurisdictionC=DE", "jurisdictionST=Berlin", "Policy: 2.23.140.1.1\n"})
    EXPECT_THAT(shown, HasSubstr(part));
}

TEST_F(StepCaVetting, OfAPrivateCaNeedsNoPolicyWhereThatIsSaid) {
  EXPECT_EQ(enrolled("private", "ov")["state"], "issued");
  EXPECT_THAT(shown_by_openssl(), HasSubstr("O=Acme Telefonie GmbH\n"));
}

TEST_F(StepCaVetting, OfACaThatIsNotSaidToBePrivateNeedsOne) {
  const auto enrollment = enrolled("public", "ov");
  EXPECT_EQ(enrollment["state"], "quarantined");
  EXPECT_THAT(faults_of(enrollment), ElementsAre("policy_missing"));
}

TEST_F(StepCaVetting, ThatGivesDvIsKeptBackAndRevoked) {
  const auto enrollment = enrolled("downgrading", "ov");
  ASSERT_EQ(enrollment["state"], "quarantined");
  EXPECT_THAT(faults_of(enrollment), ElementsAre("level_mismatch"));
  EXPECT_EQ(enrollment["verdict"]["found"], "dv");
  EXPECT_EQ(deployed(), "");
  as(kApprover, {"enrollment", "reject", "1", "--reason", "not what we pay for", "--revoke"});
  EXPECT_THAT(ca().log(), ContainsRegex("path=/acme/dvp/revoke-cert [^\n]*status=200"));
  EXPECT_EQ(show()["state"], "failed");
  work();
  EXPECT_EQ(deployed(), "");
}

TEST_F(StepCaVetting, ThatNamesNobodyAndNoPolicyIsKeptBackUntilSomebodyElseAccepts) {
  const auto enrollment = enrolled("careless", "ov");
  ASSERT_EQ(enrollment["state"], "quarantined");
  EXPECT_THAT(faults_of(enrollment),
              ElementsAre("policy_missing", "subject_mismatch", "subject_mismatch", "subject_mismatch"))
      << "country, place and organization";
  EXPECT_EQ(deployed(), "");
  const Arguments accept{"enrollment", "accept", "1", "--reason", "better than none"};
  EXPECT_EQ(as(kRequester, accept, 2)["error"]["code"], "not_permitted");
  as(kApprover, accept);
  run({"daemon", "--once"}, 0);
  EXPECT_EQ(show()["accepted"]["by"], kApprover);
  EXPECT_THAT(deployed(), HasSubstr("BEGIN CERTIFICATE"));
}

TEST_F(StepCaVetting, OfSomebodyElseIsKeptBack) {
  const auto enrollment = enrolled("lying", "ov");
  ASSERT_EQ(enrollment["state"], "quarantined");
  EXPECT_EQ(enrollment["verdict"]["found"], "ov");
  EXPECT_THAT(faults_of(enrollment), ElementsAre("subject_mismatch"));
  EXPECT_THAT(enrollment["verdict"]["faults"][0]["why"].get<std::string>(),
              HasSubstr("'" + std::string(StepCa::kOtherOrganization) + "'"));
  work();
  EXPECT_EQ(deployed(), "");
}

TEST_F(StepCaVetting, ByAProfileThatIsRequiredIsNotOrdered) {
  const auto enrollment = enrolled("by-profile", "ov");
  EXPECT_EQ(enrollment["trouble"]["code"], "profile_not_offered");
  EXPECT_THAT(ca().log(), Not(HasSubstr("path=/acme/ov/new-order")));
}

TEST_F(StepCaVetting, ByAProfileThatIsPreferredIsJudgedByWhatComes) {
  const auto enrollment = enrolled("by-preference", "ov");
  EXPECT_EQ(enrollment["state"], "quarantined");
  EXPECT_THAT(faults_of(enrollment), ElementsAre("level_mismatch"));
}

TEST_F(StepCaVetting, WaitsForTheExternalAccountOnceItIsApproved) {
  // The external account of another directory: the CA lets nobody in, and those who agreed are not asked
  // again.
  const auto enrollment = enrolled("misconfigured", "ov");
  EXPECT_EQ(enrollment["state"], "action_required");
  EXPECT_EQ(enrollment["trouble"]["code"], "eab_unusable");
  EXPECT_EQ(enrollment["turn"]["command"], "certmgr enrollment resume 1");
  auto text = lab::read_file(certmgr().config_file());
  const auto wrong = text.find(ca().kid(StepCa::kEv, 2));
  text.replace(wrong, ca().kid(StepCa::kEv, 2).size(), ca().kid(StepCa::kOv, 2));
  lab::write_file(certmgr().config_file(), text);
  as(kRequester, {"enrollment", "resume", "1"});
  work();
  EXPECT_EQ(show()["state"], "issued");
}

}  // namespace
}  // namespace certmgr::e2e
