// SPDX-License-Identifier: MIT
// The main job on real servers.
#include <sys/stat.h>

#include "e2e/world/world.h"

namespace certmgr::e2e {
namespace {

const Arguments kIssue{
    "issue", "sip.example.com", "www.example.com", "pbx.example.com", "--server", "web", "--server", "pbx"};

unsigned mode_of(const std::filesystem::path& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 ? status.st_mode & 07777U : 0;
}

TEST(MainJob, ThreeNamesIntoNginxAndKamailio) {
  World world;
  ASSERT_NO_FATAL_FAILURE(world.start_nginx());
  ASSERT_NO_FATAL_FAILURE(world.start_kamailio());
  const std::string old_web = world.served_by_nginx();
  const auto document = world.run_json(kIssue);

  const std::string fingerprint = document["certificate"]["fingerprint_sha256"];
  EXPECT_NE(fingerprint, old_web);
  EXPECT_EQ(world.served_by_nginx(), fingerprint);
  EXPECT_EQ(world.served_by_kamailio(), fingerprint);
  EXPECT_EQ(document["changed"], true);
  EXPECT_EQ(document["certificate"]["label"], "sip.example.com");
  EXPECT_EQ(document["certificate"]["identifiers"],
            json({"pbx.example.com", "sip.example.com", "www.example.com"}));
  for (const auto& server : document["certificate"]["servers"]) {
    EXPECT_EQ(server["state"], "verified");
    EXPECT_EQ(server["served_fingerprint_sha256"], fingerprint);
    EXPECT_TRUE(server["verified_at"].is_string());
  }
  const auto names = lab::names_in(lab::read_file(world.files / "nginx/fullchain.pem"));
  EXPECT_EQ(names.size(), 3U);
  EXPECT_EQ(mode_of(world.files / "nginx/key.pem"), 0600U);
  EXPECT_EQ(mode_of(world.files / "kamailio/key.pem"), 0640U);
  EXPECT_TRUE(world.leftovers().empty());
}

TEST(MainJob, TheSameCommandAgainAsksTheCaForNothingAndReloadsNothing) {
  World world;
  auto& proxy = world.put_proxy_before_ca();
  ASSERT_NO_FATAL_FAILURE(world.start_nginx());
  const Arguments issue{"issue", "a.example.com", "b.example.com", "--server", "web"};
  const auto first = world.run_json(issue);
  proxy.forget_requests();
  const auto log = world.nginx->error_log();
  const auto second = world.run_json(issue);
  EXPECT_EQ(proxy.count(), 0);
  EXPECT_EQ(second["changed"], false);
  EXPECT_EQ(second["certificate"]["fingerprint_sha256"], first["certificate"]["fingerprint_sha256"]);
  EXPECT_EQ(world.nginx->error_log(), log) << "nginx was reloaded";
}

TEST(MainJob, AForcedRenewalReachesBothServersWhileConnectionsStayOpen) {
  World world;
  ASSERT_NO_FATAL_FAILURE(world.start_nginx());
  ASSERT_NO_FATAL_FAILURE(world.start_kamailio());
  ASSERT_EQ(world.run(kIssue).exit_code, 0);
  const std::string before = world.stored_fingerprint("sip.example.com");

  lab::SipTlsConnection phone("127.0.0.1", world.kamailio->port());
  lab::SlowDownload download("127.0.0.1", world.nginx->port());
  ASSERT_TRUE(phone.options());
  const auto renewed = world.run_json({"renew", "--force", "sip.example.com"});
  const std::string after = renewed["certificate"]["fingerprint_sha256"];
  EXPECT_NE(after, before);
  EXPECT_EQ(world.served_by_nginx(), after);
  EXPECT_EQ(world.served_by_kamailio(), after);
  EXPECT_EQ(phone.fingerprint(), before) << "the connection is the old one";
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(phone.options());
  EXPECT_LT(download.received(), download.expected()) << "the download was over before the reload";
  EXPECT_EQ(download.finish(), download.expected());
}

TEST(MainJob, OneNameWithAKnownAccountTakesAtMostEightRequests) {
  World world;
  auto& proxy = world.put_proxy_before_ca();
  ASSERT_EQ(world.run({"issue", "first.example.com"}).exit_code, 0);
  proxy.forget_requests();
  ASSERT_EQ(world.run({"issue", "second.example.com"}).exit_code, 0);
  EXPECT_LE(proxy.count(), 8);
  EXPECT_EQ(proxy.count(lab::paths::kNewNonce), 0) << "the nonce of the last run is used";
  EXPECT_EQ(proxy.count(lab::paths::kNewAccount), 0);
}

TEST(MainJob, EveryKeyTypeIsIssued) {
  World world;
  for (const std::string type : {"ecdsa-p256", "ecdsa-p384", "rsa-2048", "rsa-3072", "rsa-4096"}) {
    const auto document = world.run_json({"issue", "a.example.com", "--label", type, "--key-type", type});
    EXPECT_EQ(document["certificate"]["key_type"], type);
    EXPECT_EQ(document["certificate"]["state"], "issued");
  }
}

TEST(MainJob, AccountKeysOfEveryTypeAreTakenByTheCa) {
  for (const std::string type : {"rsa-2048", "ecdsa-p384"}) {
    World world;
    const std::string text = lab::read_file(world.certmgr.config_file());
    const auto at = text.find("[defaults]\n") + 11;
    lab::write_file(world.certmgr.config_file(),
                    text.substr(0, at) + "account_key_type = \"" + type + "\"\n" + text.substr(at));
    EXPECT_EQ(world.run({"issue", "a.example.com"}).exit_code, 0) << type;
  }
}

TEST(MainJob, InternationalNamesAreOrderedAsALabels) {
  World world;
  const auto document = world.run_json({"issue", "Bücher.example.com"});
  EXPECT_EQ(document["certificate"]["identifiers"], json({"xn--bcher-kva.example.com"}));
}

TEST(MainJob, AWebrootServedByNginxProvesControlToo) {
  lab::TempDir site;
  const auto pair = lab::self_signed({"a.example.com"});
  lab::write_pair(pair, site / "cert.pem", site / "key.pem");
  std::filesystem::create_directories(site / "root");
  World world;
  const lab::Nginx nginx({.fullchain = site / "cert.pem",
                          .key = site / "key.pem",
                          .webroot = site / "root",
                          .webroot_port = world.pebble.http_port()});
  const auto document = world.run_json({"issue", "a.example.com", "--webroot", (site / "root").string()});
  EXPECT_EQ(document["certificate"]["state"], "issued");
  for (const auto& entry : std::filesystem::recursive_directory_iterator(site / "root"))
    EXPECT_FALSE(entry.is_regular_file()) << entry.path() << " was left behind";
}

TEST(MainJob, AnExternalAccountIsBoundWhereTheCaWantsOne) {
  lab::PebbleOptions options;
  options.eab_keys = {{"kid-1", "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W"}};
  World world(options);
  const auto refused = world.run_json({"issue", "a.example.com"}, 1);
  EXPECT_EQ(refused["error"]["code"], "acme_externalAccountRequired");
  EXPECT_NE(refused["error"]["hint"].get<std::string>().find("eab_kid"), std::string::npos);
  lab::write_file(world.files / "hmac", options.eab_keys.at("kid-1") + "\n");
  const std::string text = lab::read_file(world.certmgr.config_file());
  const auto at = text.find("[ca.test]\n") + 10;
  lab::write_file(world.certmgr.config_file(),
                  text.substr(0, at) + "eab_kid = \"kid-1\"\neab_hmac_file = \"" +
                      (world.files / "hmac").string() + "\"\n" + text.substr(at));
  const auto bound = world.run({"issue", "a.example.com"});
  EXPECT_EQ(bound.exit_code, 0) << bound.errors;
}

TEST(MainJob, ServersThatAskForATLSNameGetTheOneOfTheCertificate) {
  World world;
  ASSERT_NO_FATAL_FAILURE(world.start_nginx());
  ASSERT_EQ(world.run({"server", "set", "web", "--verify", world.nginx_target() + "?sni=www.example.com"})
                .exit_code,
            0);
  EXPECT_EQ(world.run({"issue", "www.example.com", "--server", "web"}).exit_code, 0);
}

}  // namespace
}  // namespace certmgr::e2e
