// SPDX-License-Identifier: MIT
// A renewal that goes wrong while phones use the certificate before it: that one stays in service.
#include "e2e/world/world.h"

namespace certmgr::e2e {
namespace {

namespace faults = lab::faults;
const Arguments kRenew{"renew", "--force", "a.example.com"};

/// A world in which nginx serves a certificate of ours, and what it was.
class RenewalFault : public ::testing::Test {
 protected:
  World world{{}, "[deploy]\nverify_timeout = 1\n"};
  std::string served;
  std::string key;
  std::string fullchain;

  void SetUp() override {
    world.put_proxy_before_ca("[deploy]\nverify_timeout = 1\n");
    ASSERT_NO_FATAL_FAILURE(world.start_nginx());
    ASSERT_EQ(world.run({"issue", "a.example.com", "--server", "web"}).exit_code, 0);
    served = world.served_by_nginx();
    ASSERT_EQ(served, world.stored_fingerprint("a.example.com"));
    key = lab::read_file(world.files / "nginx/key.pem");
    fullchain = lab::read_file(world.files / "nginx/fullchain.pem");
  }

  void expect_as_before() const {
    EXPECT_EQ(world.served_by_nginx(), served);
    EXPECT_EQ(lab::read_file(world.files / "nginx/key.pem"), key);
    EXPECT_EQ(lab::read_file(world.files / "nginx/fullchain.pem"), fullchain);
    EXPECT_EQ(world.leftovers(), std::vector<std::string>{});
  }

  /// A hook in the place of the one for nginx, with the same settings.
  void use_hook(const std::string& script) const {
    const auto hook = write_hook(world.files / "own-hook", script);
    ASSERT_EQ(world.run({"server", "set", "web", "--hook", hook.string()}).exit_code, 0);
  }

  [[nodiscard]] static std::string real_hook() { return CERTMGR_TEST_SOURCE_DIR "/hooks/nginx"; }
};

struct Wrong {
  const char* name;
  lab::Fault fault;
  const char* code;
};

TEST_F(RenewalFault, ACertificateThatIsNotTheOrderedOneIsKeptAsEvidenceAndNeverDeployed) {
  const auto& authority = world.pebble.https_authority();
  const std::vector<Wrong> all{
      {"another key", faults::certificate_for_another_key(authority), "key_mismatch"},
      {"one name more", faults::certificate_for_names(authority, {"a.example.com", "evil.example.com"}),
       "san_mismatch"},
      {"the chain before the leaf", faults::chain_reversed(), "key_mismatch"},
      {"expired", faults::expired_certificate(authority), "not_valid_now"},
      {"not valid yet", faults::certificate_not_valid_yet(authority), "not_valid_now"},
      {"a chain of others", faults::chain_unrelated(authority), "chain_broken"}};
  for (const auto& wrong : all) {
    world.proxy->clear_faults();
    world.proxy->inject(lab::paths::kCertificate, wrong.fault, 1, lab::FaultProxy::kAlways);
    auto document = world.run_json(kRenew, 1);
    EXPECT_EQ(document["error"]["code"], wrong.code) << wrong.name << document["error"].dump(2);
    expect_as_before();
  }
  auto shown = world.run_json({"show", "a.example.com"})["certificate"];
  EXPECT_EQ(shown["state"], "issued");
  EXPECT_EQ(shown["fingerprint_sha256"], served);
  std::size_t quarantined = 0;
  for (const auto& version : shown["versions"]) quarantined += version["state"] == "quarantined" ? 1U : 0U;
  EXPECT_EQ(quarantined, all.size());
  EXPECT_TRUE(world.run_json({"db", "check"})["ok"]);

  world.proxy->clear_faults();
  EXPECT_EQ(world.run(kRenew).exit_code, 0);
  EXPECT_NE(world.served_by_nginx(), served);
}

TEST_F(RenewalFault, ANameThatNoLongerLeadsHereIsRefusedByTheCaAndTheOldCertificateStays) {
  world.pebble.set_a("a.example.com", {"127.0.0.99"});
  auto document = world.run_json(kRenew, 1);
  EXPECT_EQ(document["error"]["code"], "authorization_failed") << document["error"].dump(2);
  EXPECT_NE(document["error"]["message"].get<std::string>().find("a.example.com"), std::string::npos);
  expect_as_before();
}

TEST_F(RenewalFault, AReloadThatFailsOnceIsRolledBackAndTheOldCertificateIsProvenAgain) {
  const auto mark = (world.files / "failed-once").string();
  use_hook("if [ \"$1\" = reload ] && [ ! -e " + mark + " ]; then : > " + mark +
           "; echo no memory left; exit 1; fi\nexec " + real_hook() + " \"$@\"\n");
  auto document = world.run_json(kRenew, 3);
  EXPECT_EQ(document["error"]["code"], "hook_failed") << document["error"].dump(2);
  EXPECT_NE(document["error"]["message"].get<std::string>().find("no memory left"), std::string::npos);
  EXPECT_EQ(document["deployments"][0]["state"], "rolled_back");
  EXPECT_EQ(document["deployments"][0]["served_fingerprint_sha256"], served);
  EXPECT_EQ(document["issued"], true) << "the new certificate is in the store";
  expect_as_before();

  auto again = world.run_json({"deploy", "a.example.com"});
  EXPECT_EQ(again["deployments"][0]["state"], "verified");
  EXPECT_EQ(world.served_by_nginx(), document["certificate"]["fingerprint_sha256"]);
}

TEST_F(RenewalFault, AReloadThatAlwaysFailsIsSaidToNeedAPersonAndTheOldFilesAreBack) {
  use_hook("[ \"$1\" != reload ] || { echo the socket is gone; exit 1; }\n");
  auto document = world.run_json(kRenew, 3);
  EXPECT_EQ(document["deployments"][0]["state"], "failed") << document.dump(2);
  EXPECT_NE(document["error"]["hint"].get<std::string>().find("look at the server now"), std::string::npos);
  EXPECT_NE(document["error"]["detail"].get<std::string>().find("the socket is gone"), std::string::npos);
  expect_as_before();
}

TEST_F(RenewalFault, AHookThatSaysItReloadedButDidNotIsFoundOutByTheProof) {
  use_hook("exit 0\n");
  auto document = world.run_json(kRenew, 3);
  EXPECT_EQ(document["error"]["code"], "verify_failed") << document["error"].dump(2);
  EXPECT_EQ(document["deployments"][0]["state"], "rolled_back");
  expect_as_before();
}

TEST_F(RenewalFault, AServerThatIsStoppedIsSaidToBeDownAndGetsTheCertificateWhenItRunsAgain) {
  world.nginx->stop();
  auto document = world.run_json(kRenew, 3);
  EXPECT_EQ(document["error"]["code"], "hook_failed") << document["error"].dump(2);
  EXPECT_NE(document["error"]["detail"].get<std::string>().find("nginx is not running"), std::string::npos)
      << document["error"].dump(2);
  EXPECT_EQ(lab::read_file(world.files / "nginx/key.pem"), key);
  EXPECT_EQ(lab::read_file(world.files / "nginx/fullchain.pem"), fullchain);
  EXPECT_EQ(world.leftovers(), std::vector<std::string>{});
}

TEST(RenewalFaults, OneServerOfTwoThatFailsKeepsTheOldCertificateAndTheOtherGetsTheNewOne) {
  World world;
  ASSERT_NO_FATAL_FAILURE(world.start_nginx());
  ASSERT_NO_FATAL_FAILURE(world.start_kamailio());
  ASSERT_EQ(world.run({"issue", "a.example.com", "--server", "web", "--server", "pbx"}).exit_code, 0);
  const std::string before = world.served_by_nginx();
  world.nginx->break_config();
  auto document = world.run_json(kRenew, 3);
  const std::string after = document["certificate"]["fingerprint_sha256"];
  EXPECT_NE(after, before);
  EXPECT_EQ(world.served_by_nginx(), before);
  EXPECT_EQ(world.served_by_kamailio(), after);
  const auto message = document["error"]["message"].get<std::string>();
  EXPECT_NE(message.find("web"), std::string::npos) << message;
  EXPECT_EQ(message.find("pbx"), std::string::npos) << message;
  EXPECT_NE(document["error"]["detail"].get<std::string>().find("no_such_directive"), std::string::npos);
  for (const auto& server : document["certificate"]["servers"])
    EXPECT_EQ(server["state"], server["name"] == "web" ? "rolled_back" : "verified") << server.dump(2);
}

}  // namespace
}  // namespace certmgr::e2e
