// SPDX-License-Identifier: MIT
// Requesting without being root, at the daemon's socket.
#include <future>

#include "e2e/enrollment/door_world.h"

namespace certmgr::e2e {
namespace {

using testing::HasSubstr;

class Requesting : public Door {
 protected:
  lab::Outcome wants(const std::string& person, Arguments more) const {
    Arguments arguments{"issue", kName, "--socket", socket_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return certmgr_.run_as_user(person, arguments);
  }
  json wanted(const std::string& person, Arguments more, int code) const {
    more.emplace_back("--json");
    const auto outcome = wants(person, more);
    EXPECT_EQ(outcome.exit_code, code) << outcome.output << outcome.errors;
    return json::parse(outcome.output, nullptr, false);
  }
  std::string refused_to(const std::string& person, const Arguments& more) const {
    return wanted(person, more, 2)["error"].value("code", "none");
  }
  const Arguments acme_{"--level", "ov", "--organization", "acme", "--ca", "vetted"};
  Arguments acme_and(const Arguments& more) const {
    Arguments all = acme_;
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
};

TEST_F(Requesting, NeedsNoWayToTheStore) {
  const auto opened = wanted(kRequester, acme_, 4)["enrollment"];
  EXPECT_EQ(opened["state"], "pending_approval");
  EXPECT_EQ(opened["requested_by"], json::array({kRequester}));
  EXPECT_EQ(wanted(kRequester, acme_, 4)["enrollment"]["id"], opened["id"]) << "it is open";
  answer(kApprover, {"approve", "1"});
  EXPECT_TRUE(lab::wait_until([&] { return state() == "issued"; }));
  const auto outcome = wants(kRequester, acme_);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr("nothing to do")) << "and it has been had";
  expect_honest_client();
}

TEST_F(Requesting, IsForRequesters) {
  for (const char* person : {kApprover, kAuditor, "daemon"})
    EXPECT_EQ(refused_to(person, acme_), "not_permitted") << person;
  EXPECT_TRUE(as(kAuditor, {"list"})["certificates"].empty()) << "nothing of it stays";
}

TEST_F(Requesting, TakesNothingThatBelongsToTheHost) {
  for (const Arguments& more : std::vector<Arguments>{{"--webroot", "/etc"},
                                                      {"--server", "files"},
                                                      {"--http-listen", "[::]:80"},
                                                      {"--fallback-ca", "careless"},
                                                      {"--no-deploy"},
                                                      {"--timeout", "300"},
                                                      {"--no-preflight"},
                                                      {"--dry-run"}}) {
    const auto outcome = wants(kRequester, acme_and(more));
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_THAT(outcome.errors, HasSubstr(more[0] + " is for those who have the store"));
  }
}

TEST_F(Requesting, IsForWhatPeopleDecideAbout) {
  EXPECT_EQ(refused_to(kRequester, {}), "level_missing");
  EXPECT_EQ(refused_to(kRequester, {"--level", "dv"}), "level_missing");
  EXPECT_EQ(refused_to(kRequester, acme_and({"--key-type", "rsa-2048,ecdsa-p256"})), "unknown_key_type");
  EXPECT_EQ(refused_to(kRequester, {"--level", "ov", "--organization", "nobody", "--ca", "vetted"}),
            "unknown_organization");
}

TEST_F(Requesting, EditsWhatWasNotDecidedAndNothingThatIsInUse) {
  wanted(kRequester, acme_, 4);
  const auto edited = wanted(kRequester, acme_and({"second.example.com"}), 4)["enrollment"];
  EXPECT_EQ(edited["id"], 1);
  EXPECT_THAT(edited.dump(), HasSubstr("second.example.com"));
  answer(kApprover, {"approve", "1"});
  ASSERT_TRUE(lab::wait_until([&] { return state() == "issued"; }));
  EXPECT_EQ(refused_to(kRequester, acme_and({"third.example.com"})), "certificate_in_use");
  EXPECT_EQ(certificate()["identifiers"].size(), 2U) << "it is renewed as it is";
}

TEST_F(Requesting, MakesNoOtherThingOfACertificateOfControl) {
  ASSERT_EQ(certmgr_.run({"issue", kName, "--no-wait"}).exit_code, 4);
  EXPECT_EQ(refused_to(kRequester, acme_), "level_missing");
  EXPECT_EQ(certificate()["level"], "dv");
}

TEST_F(Requesting, GoesToTheDoorByItselfWhereTheStoreIsClosed) {
  const auto config = public_ / "certmgr.toml";
  lab::write_file(config, lab::read_file(certmgr_.config_file()));
  ::chmod(config.c_str(), 0644);
  Arguments arguments{"issue", kName, "--config", config.string()};
  EXPECT_THAT(certmgr_.run_as_user(kRequester, arguments).errors,
              HasSubstr("the store is closed to you, and the daemon takes requests"));
  arguments.insert(arguments.end(), acme_.begin(), acme_.end());
  const auto outcome = certmgr_.run_as_user(kRequester, arguments);
  EXPECT_EQ(outcome.exit_code, 4) << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr("enrollment 1 for pbx.example.com is pending_approval"));
}

TEST_F(Requesting, NamesNoCommandThatNeedsTheStore) {
  for (const Arguments& wrong :
       std::vector<Arguments>{{"--level", "ov", "--organization", "nobody", "--ca", "vetted"},
                              {"--level", "ov", "--ca", "vetted"},
                              {"--level", "ov", "--organization", "acme", "--ca", "none"}})
    EXPECT_THAT(wants(kRequester, wrong).errors,
                testing::AllOf(HasSubstr("who administers certmgr"), testing::Not(HasSubstr("certmgr org"))))
        << wrong.back();
}

TEST_F(Requesting, IsApprovedAsItWasShown) {
  wanted(kRequester, acme_, 4);
  const std::string next = show()["turn"]["command"];
  EXPECT_THAT(next, testing::StartsWith("certmgr enrollment approve 1 --request "));
  const std::string seen = next.substr(next.rfind(' ') + 1);
  wanted(kRequester, acme_and({"evil.example.com"}), 4);
  EXPECT_EQ(refused(kApprover, {"approve", "1", "--request", seen}), "scope_changed");
  EXPECT_EQ(refused(kApprover, {"approve", "1", "--request", "0"}), "scope_changed");
  const std::string whole = show()["request_hash"];
  EXPECT_EQ(answer(kApprover, {"approve", "1", "--request", whole.substr(0, 16)})["enrollment"]["state"],
            "approved");
}

TEST_F(Requesting, ByTwoAtOnceIsOneOfThem) {
  for (int round = 0; round < 5; ++round) {
    auto other = std::async(std::launch::async,
                            [&] { return wants(kRequesterAndApprover, acme_and({"other.example.com"})); });
    const auto mine = wants(kRequester, round % 2 == 0 ? acme_ : acme_and({"mine.example.com"}));
    EXPECT_EQ(mine.exit_code, 4) << mine.errors;
    EXPECT_EQ(other.get().exit_code, 4);
    EXPECT_EQ(certificate()["identifiers"], show()["identifiers"]);
  }
}

TEST_F(Requesting, EndsWhereOnePersonHasRequestedEnough) {
  write_config(web() + "[enrollment]\nopen_per_person = 1\n");
  daemon_->signal(SIGHUP);
  ASSERT_TRUE(lab::wait_until(
      [&] { return daemon_->errors().find("the configuration was read again") != std::string::npos; }));
  wanted(kRequester, acme_, 4);
  wanted(kRequester, acme_and({"second.example.com"}), 4);
  EXPECT_EQ(refused_to(kRequester, acme_and({"--label", "another"})), "too_many_requests");
  wanted(kRequesterAndApprover, acme_and({"--label", "another"}), 4);
  answer(kRequester, {"withdraw", "1"});
  wanted(kRequester, acme_and({"--label", "third"}), 4);
}

TEST_F(Requesting, ChangesNothingThatIsOnItsWay) {
  ca_.change([](auto& behaviour) { behaviour.hold_orders = true; });
  wanted(kRequester, acme_, 4);
  answer(kApprover, {"approve", "1"});
  ASSERT_TRUE(lab::wait_until([&] { return state() == "awaiting_ca"; }));
  EXPECT_EQ(refused_to(kRequester, acme_and({"--reuse-key"})), "enrollment_open");
  EXPECT_EQ(refused_to(kRequester, acme_and({"second.example.com"})), "enrollment_open");
  EXPECT_EQ(certificate()["reuse_key"], false);
  EXPECT_EQ(certificate()["identifiers"].size(), 1U);
  EXPECT_EQ(wanted(kRequester, acme_, 4)["enrollment"]["state"], "awaiting_ca") << "who asks how it stands";
}

TEST_F(Requesting, LeavesServersThatSomebodyElseHasChosen) {
  request(4, {"--no-wait"});
  EXPECT_EQ(refused_to(kRequester, acme_and({"second.example.com"})), "certificate_in_use");
  EXPECT_EQ(show()["identifiers"].size(), 1U);
}

TEST_F(Requesting, ShowsApproversWhatTheyAgreeTo) {
  request(4, {"--no-wait", "--reuse-key", "--key-type", "rsa-2048", "--not-after", "60d"});
  const auto seen = answer(kApprover, {"show", "1"}, 4)["enrollment"];
  EXPECT_EQ(seen["servers"], json::array({"files"}));
  EXPECT_EQ(seen["wishes"]["key_type"], "rsa-2048");
  EXPECT_EQ(seen["wishes"]["reuse_key"], true);
  EXPECT_EQ(seen["wishes"]["key_made_elsewhere"], false);
  EXPECT_FALSE(seen["wishes"]["not_after"].is_null());
  const auto text = asks(kApprover, {"show", "1"}).output;
  for (const char* word : {"rsa-2048, the same at renewals", "valid until", "it goes to: files"})
    EXPECT_THAT(text, HasSubstr(word));
  EXPECT_THAT(asks(kApprover, {"approve", "1"}).output, HasSubstr("names: pbx.example.com"));
}

TEST_F(Requesting, IsGivenUpByWhoeverHasRequestedIt) {
  wanted(kRequester, acme_, 4);
  wanted(kRequesterAndApprover, acme_and({"second.example.com"}), 4);
  EXPECT_EQ(refused(kRequesterAndApprover, {"withdraw", "1", "--reason", "mine"}), "not_permitted");
  EXPECT_EQ(answer(kRequester, {"withdraw", "1", "--reason", "mine"})["enrollment"]["state"], "withdrawn");
}

TEST_F(Requesting, IsTheSameRequestUnderAnotherConfiguration) {
  wanted(kRequester, acme_, 4);
  answer(kApprover, {"approve", "1"});
  ASSERT_TRUE(lab::wait_until([&] { return state() == "issued"; }));
  write_config(web() + "[challenge.tls-alpn-01]\nlisten = \"127.0.0.1:1\"\n");
  daemon_->signal(SIGHUP);
  ASSERT_TRUE(lab::wait_until(
      [&] { return daemon_->errors().find("the configuration was read again") != std::string::npos; }));
  EXPECT_EQ(wanted(kRequester, acme_, 0)["enrollment"], nullptr) << "nothing to do";
}

TEST_F(Requesting, DoesNotTakeALabelAwayForGood) {
  wanted(kRequester, acme_, 4);
  const auto outcome = certmgr_.run({"issue", kName, "--no-wait"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.errors, HasSubstr("certmgr delete pbx.example.com"));
  lab::write_file(files_ / "fleet.toml", "[[certificate]]\nnames = [\"pbx.example.com\"]\n");
  EXPECT_THAT(certmgr_.run({"apply", (files_ / "fleet.toml").string(), "--yes"}).errors,
              HasSubstr("certmgr delete pbx.example.com"));
  // 4: the daemon has it in hand right now.
  EXPECT_TRUE(lab::wait_until([&] { return certmgr_.run({"delete", kName, "--yes"}).exit_code == 0; }));
  EXPECT_EQ(certmgr_.run({"issue", kName, "--no-wait"}).exit_code, 4);
}

}  // namespace
}  // namespace certmgr::e2e
