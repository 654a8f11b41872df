// SPDX-License-Identifier: MIT
// Certificates that their owner has revoked.
#include <gmock/gmock.h>

#include <csignal>

#include "e2e/world/world.h"
#include "lab/strict_ca/strict_ca.h"

namespace certmgr::e2e {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
namespace resources = lab::strict::resources;

/// The strict CA, nginx with a certificate of it, and certmgr.
class Revoke : public ::testing::Test {
 protected:
  Revoke() {
    ca_.change([](auto& behaviour) { behaviour.always_valid = true; });
    lab::write_pair(lab::self_signed({"placeholder.example.com"}), files_ / "fullchain.pem",
                    files_ / "key.pem");
    nginx_.emplace(lab::NginxOptions{.fullchain = files_ / "fullchain.pem", .key = files_ / "key.pem"});
    expect({"server", "add", "web", "--type", "nginx", "--key", (files_ / "key.pem").string(), "--fullchain",
            (files_ / "fullchain.pem").string(), "--set", "nginx_bin=" + nginx_->program().string(), "--set",
            "nginx_conf=" + nginx_->config_file().string(), "--verify",
            "https://127.0.0.1:" + std::to_string(nginx_->port())});
    expect({"issue", "a.example.com", "--server", "web"});
  }
  ~Revoke() override { EXPECT_THAT(ca_.violations(), IsEmpty()); }
  void expect(const Arguments& arguments, int code = 0) const {
    const auto outcome = certmgr_.run(arguments);
    EXPECT_EQ(outcome.exit_code, code) << outcome.output << outcome.errors;
  }
  [[nodiscard]] json run_json(Arguments arguments, int code = 0) const {
    arguments.emplace_back("--json");
    const auto outcome = certmgr_.run(arguments);
    EXPECT_EQ(outcome.exit_code, code) << outcome.output << outcome.errors;
    return outcome.json();
  }
  [[nodiscard]] json shown() const { return run_json({"show", "a.example.com"})["certificate"]; }
  [[nodiscard]] std::string served() const { return lab::tls_fingerprint("127.0.0.1", nginx_->port()); }
  void expect_sound() const { EXPECT_EQ(run_json({"db", "check"})["ok"], true); }

  lab::StrictCa ca_;
  lab::Certmgr certmgr_{CERTMGR_TEST_PROGRAM, lab::config_for(ca_)};
  lab::TempDir files_;
  std::optional<lab::Nginx> nginx_;
};

TEST_F(Revoke, TellsWhatIsServedAsksAndIsRemembered) {
  const auto asked = certmgr_.run({"revoke", "a.example.com"});
  EXPECT_EQ(asked.exit_code, 2);
  EXPECT_THAT(asked.output, HasSubstr("still by web"));
  EXPECT_THAT(asked.errors, HasSubstr("--yes"));
  EXPECT_EQ(ca_.count(resources::kRevokeCert), 0);

  const auto revoked = run_json({"revoke", "a.example.com", "--reason", "superseded", "--yes"})["revocation"];
  EXPECT_EQ(revoked["revoked"], true);
  EXPECT_EQ(revoked["already_revoked"], false);
  EXPECT_EQ(revoked["signed_by"], "account");
  EXPECT_EQ(revoked["reason"], "superseded");
  EXPECT_EQ(revoked["served_by"], json::array({"web"}));
  EXPECT_EQ(shown()["state"], "revoked");
  EXPECT_EQ(shown()["versions"][0]["revocation_reason"], "superseded");
  EXPECT_THAT(certmgr_.run({"history", "a.example.com"}).output, HasSubstr("revoked"));
  EXPECT_EQ(run_json({"deploy", "a.example.com"}, 2)["error"]["code"], "revoked");

  // Wanted all the same, so it is due.
  expect({"renew"});
  EXPECT_EQ(shown()["state"], "issued");
  EXPECT_EQ(served(), shown()["fingerprint_sha256"]);
  expect_sound();
}

TEST_F(Revoke, AnOlderVersionAndTwiceIsTheSame) {
  expect({"renew", "--force", "a.example.com"});
  const Arguments revoke{"revoke", "a.example.com", "--version", "1", "--yes"};
  EXPECT_EQ(run_json(revoke)["revocation"]["served_by"], json::array());
  const auto again = run_json(revoke)["revocation"];
  EXPECT_EQ(again["already_revoked"], true);
  EXPECT_EQ(shown()["state"], "issued") << "version 2 is as good as before";
  EXPECT_EQ(run_json({"revoke", "a.example.com", "--version", "7", "--yes"}, 2)["error"]["code"],
            "unknown_version");
  EXPECT_EQ(run_json({"revoke", "a.example.com", "--reason", "bored", "--yes"}, 2)["error"]["code"],
            "unknown_reason");
}

TEST_F(Revoke, WhoseAnswerWasLostIsDoneWhenAskedAgain) {
  ca_.lose_answer(resources::kRevokeCert);
  expect({"revoke", "a.example.com", "--yes"}, 1);
  EXPECT_EQ(shown()["state"], "issued") << "nobody knows yet";
  const auto again = run_json({"revoke", "a.example.com", "--yes"})["revocation"];
  EXPECT_EQ(again["already_revoked"], true);
  EXPECT_EQ(shown()["state"], "revoked");
}

TEST_F(Revoke, ForAReasonTheCaDoesNotTakeSaysWhatToDo) {
  const auto error =
      run_json({"revoke", "a.example.com", "--reason", "privilegeWithdrawn", "--yes"}, 1)["error"];
  EXPECT_EQ(error["code"], "acme_badRevocationReason");
  EXPECT_THAT(error["hint"], HasSubstr("--reason unspecified"));
  EXPECT_EQ(shown()["state"], "issued");
  EXPECT_EQ(run_json({"revoke", "a.example.com", "--yes"})["revocation"]["reason"], "unspecified")
      << "what the CA refused is forgotten";
}

TEST_F(Revoke, WithoutARenewalEndsTheCertificate) {
  expect({"revoke", "a.example.com", "--reason", "cessationOfOperation", "--yes"});
  EXPECT_EQ(run_json({"renew"})["renewals"], json::array());
  expect({"daemon", "--once"});
  EXPECT_EQ(ca_.count(resources::kFinalize), 1) << "nobody wants another";
  EXPECT_THAT(run_json({"status"})["alarms"], IsEmpty());
  expect({"issue", "a.example.com"});
  EXPECT_EQ(ca_.count(resources::kFinalize), 2) << "but somebody who orders it gets one";
  EXPECT_EQ(served(), shown()["fingerprint_sha256"]);
}

TEST_F(Revoke, WithARenewalIsReplacedByTheDaemon) {
  expect({"revoke", "a.example.com", "--yes"});
  expect({"daemon", "--once"});
  EXPECT_EQ(shown()["state"], "issued");
  EXPECT_EQ(served(), shown()["fingerprint_sha256"]);
  EXPECT_THAT(run_json({"status"})["alarms"], IsEmpty()) << "its owner knows";
}

TEST_F(Revoke, OfACompromisedKeyReplacesItFirst) {
  const std::string first = served();
  const auto done = run_json({"revoke", "a.example.com", "--reason", "keyCompromise", "--yes"});
  EXPECT_EQ(done["revocation"]["version"], 1);
  EXPECT_EQ(done["revocation"]["served_by"], json::array());
  EXPECT_EQ(done["replacement"]["issued"], true);
  EXPECT_NE(served(), first);
  EXPECT_EQ(served(), shown()["fingerprint_sha256"]);
  EXPECT_EQ(shown()["versions"][1]["revocation_reason"], "keyCompromise");
  // Issued and proven before the CA was told.
  std::vector<std::string> kinds;
  for (const auto& request : ca_.requests())
    if (request.resource == resources::kFinalize || request.resource == resources::kRevokeCert)
      kinds.push_back(request.resource);
  EXPECT_THAT(kinds, ElementsAre(resources::kFinalize, resources::kFinalize, resources::kRevokeCert));
  expect_sound();
}

TEST_F(Revoke, OfACompromisedKeyWaitsForItsReplacementAndGoesOn) {
  ca_.refuse(resources::kNewOrder, {.type = "rejectedIdentifier", .status = 400, .detail = "not today"});
  const Arguments revoke{"revoke", "a.example.com", "--reason", "keyCompromise", "--yes"};
  const auto error = run_json(revoke, 1)["error"];
  EXPECT_EQ(error["code"], "not_replaced");
  EXPECT_THAT(error["hint"], HasSubstr("--at-once"));
  EXPECT_EQ(ca_.count(resources::kRevokeCert), 0);
  EXPECT_EQ(run_json({"revoke", "a.example.com", "--yes"})["revocation"]["reason"], "keyCompromise")
      << "the same again, without repeating why";
  EXPECT_EQ(shown()["versions"][1]["revocation_reason"], "keyCompromise");
  EXPECT_EQ(served(), shown()["fingerprint_sha256"]);
}

TEST_F(Revoke, OfACompromisedKeyThatCannotWaitDoesNot) {
  const auto done = run_json({"revoke", "a.example.com", "--reason", "keyCompromise", "--at-once", "--yes"});
  EXPECT_EQ(done["replacement"], nullptr);
  EXPECT_EQ(done["revocation"]["served_by"], json::array({"web"}));
  expect({"renew"});
  EXPECT_EQ(shown()["state"], "issued");
}

TEST_F(Revoke, IsSignedByTheCertificateWhereTheAccountIsGone) {
  expect({"account", "deactivate", "--yes"});
  EXPECT_EQ(run_json({"revoke", "a.example.com", "--sign-with", "account", "--yes"}, 2)["error"]["code"],
            "account_deactivated");
  const auto done = run_json({"revoke", "a.example.com", "--yes"})["revocation"];
  EXPECT_EQ(done["signed_by"], "certificate");
  EXPECT_EQ(shown()["state"], "revoked");
}

TEST_F(Revoke, MayBeSignedByTheCertificateAlone) {
  EXPECT_EQ(
      run_json({"revoke", "a.example.com", "--sign-with", "certificate", "--yes"})["revocation"]["signed_by"],
      "certificate");
  EXPECT_EQ(ca_.requests().back().account, "");
}

TEST(PebbleRevoke, DoesTheSameAtAnotherCa) {
  World world;
  ASSERT_EQ(world.run({"issue", "a.example.com"}).exit_code, 0);
  const std::string serial = world.run_json({"show", "a.example.com"})["certificate"]["serial"];
  const auto done = world.run_json({"revoke", "a.example.com", "--reason", "keyCompromise", "--yes"});
  EXPECT_EQ(done["replacement"]["issued"], true);
  EXPECT_EQ(world.pebble.status_of_serial(serial), "Revoked");
  EXPECT_EQ(world.run_json({"revoke", "a.example.com", "--version", "2", "--sign-with", "certificate",
                            "--yes"})["revocation"]["signed_by"],
            "certificate");
  EXPECT_EQ(world.run_json({"show", "a.example.com"})["certificate"]["state"], "revoked");
}

}  // namespace
}  // namespace certmgr::e2e
