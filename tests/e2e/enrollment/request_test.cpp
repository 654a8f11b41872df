// SPDX-License-Identifier: MIT
// Requesting without being root, at the daemon's socket.
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
  EXPECT_FALSE(as(kAuditor, {"list"})["certificates"].size()) << "nothing of it stays";
}

TEST_F(Requesting, TakesNothingThatBelongsToTheHost) {
  for (const Arguments& more : std::vector<Arguments>{{"--webroot", "/etc"},
                                                      {"--server", "files"},
                                                      {"--http-listen", "[::]:80"},
                                                      {"--fallback-ca", "careless"},
                                                      {"--no-deploy"},
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
  arguments.insert(arguments.end(), acme_.begin(), acme_.end());
  const auto outcome = certmgr_.run_as_user(kRequester, arguments);
  EXPECT_EQ(outcome.exit_code, 4) << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr("enrollment 1 for pbx.example.com is pending_approval"));
}

}  // namespace
}  // namespace certmgr::e2e
