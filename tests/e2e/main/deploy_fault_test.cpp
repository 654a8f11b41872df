// SPDX-License-Identifier: MIT
// Hooks and servers that fail: the old certificate comes back, and it is said why.
#include "e2e/world/world.h"

namespace certmgr::e2e {
namespace {

struct Files {
  std::string key, fullchain;
  bool operator==(const Files&) const = default;
};

Files files_of(const World& world, const std::string& server) {
  return {lab::read_file(world.files / (server + "/key.pem")),
          lab::read_file(world.files / (server + "/fullchain.pem"))};
}

json deploy_failed(const World& world, const Arguments& servers, const std::string& code) {
  Arguments arguments{"issue", "a.example.com"};
  for (const auto& server : servers) arguments.insert(arguments.end(), {"--server", server});
  const auto document = world.run_json(arguments, 3);
  EXPECT_EQ(document["error"]["code"], code) << document["error"].dump(2);
  EXPECT_EQ(document["certificate"]["state"], "issued") << "the certificate is there all the same";
  return document;
}

TEST(DeployFault, AHookThatFailsIsQuotedAndTheOldFilesComeBack) {
  World world;
  const auto hook = write_hook(world.files / "hook",
                               "echo \"phase $1\"; echo the door is locked >&2; [ \"$1\" = check ]\n");
  world.register_files("files", {"--hook", hook.string()});
  const Files before = files_of(world, "files");
  const auto document = deploy_failed(world, {"files"}, "hook_failed");
  EXPECT_EQ(files_of(world, "files"), before);
  EXPECT_NE(document["error"]["detail"].get<std::string>().find("the door is locked"), std::string::npos);
  EXPECT_TRUE(world.leftovers().empty());
}

TEST(DeployFault, AHookThatLostItsRightsIsNamed) {
  World world;
  const auto hook = write_hook(world.files / "hook", "exit 0\n");
  world.register_files("files", {"--hook", hook.string()});
  std::filesystem::permissions(hook, std::filesystem::perms::owner_read);
  const Files before = files_of(world, "files");
  const auto document = world.run_json({"issue", "a.example.com", "--server", "files"}, 3);
  EXPECT_NE(document["error"]["message"].get<std::string>().find(hook.string()), std::string::npos)
      << document.dump(2);
  EXPECT_EQ(files_of(world, "files"), before);
}

TEST(DeployFault, AHookThatHangsIsEndedAfterItsTime) {
  World world({}, "[deploy]\nhook_timeout = 1\n");
  const auto hook = write_hook(world.files / "hook", "[ \"$1\" != reload ] || { sleep 600 & wait; }\n");
  world.register_files("files", {"--hook", hook.string()});
  const Files before = files_of(world, "files");
  deploy_failed(world, {"files"}, "hook_timeout");
  EXPECT_EQ(files_of(world, "files"), before);
}

TEST(DeployFault, AHookThatPrintsTenMegabytesIsHeardOutButNotKept) {
  World world;
  const auto hook = write_hook(world.files / "hook",
                               "dd if=/dev/zero bs=1M count=10 2>/dev/null | tr '\\0' x; echo the end\n");
  world.register_files("files", {"--hook", hook.string()});
  const auto document = world.run_json({"issue", "a.example.com", "--server", "files"});
  const auto output = document["deployments"][0]["hook_output"].get<std::string>();
  EXPECT_LE(output.size(), 64U * 1024U);
  EXPECT_TRUE(output.ends_with("the end\n"));
}

TEST(DeployFault, AHookThatIsBusyIsAskedAgain) {
  World world;
  const auto mark = world.files / "asked";
  const auto hook = write_hook(world.files / "hook", "[ \"$1\" = reload ] || exit 0\n[ -e " + mark.string() +
                                                         " ] || { : > " + mark.string() + "; exit 75; }\n");
  world.register_files("files", {"--hook", hook.string()});
  EXPECT_EQ(world.run({"issue", "a.example.com", "--server", "files"}).exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(mark));
}

TEST(DeployFault, OneFailingServerDoesNotStopTheOther) {
  World world;
  ASSERT_NO_FATAL_FAILURE(world.start_nginx());
  const auto hook = write_hook(world.files / "hook", "exit 1\n");
  world.register_files("bad", {"--hook", hook.string()});
  const auto document = deploy_failed(world, {"bad", "web"}, "hook_failed");
  EXPECT_EQ(world.served_by_nginx(), document["certificate"]["fingerprint_sha256"]);
  // Cured, the same command brings the rest without a new certificate.
  write_hook(hook, "exit 0\n");
  const auto again = world.run_json({"renew"})["renewals"][0];
  EXPECT_EQ(again["issued"], false);
  EXPECT_EQ(again["certificate"]["servers"][0]["state"], "verified");
  EXPECT_EQ(again["certificate"]["fingerprint_sha256"], document["certificate"]["fingerprint_sha256"]);
}

TEST(DeployFault, AServerHoldsOneCertificate) {
  World world;
  world.register_files("files");
  ASSERT_EQ(world.run({"issue", "a.example.com", "--server", "files"}).exit_code, 0);
  const auto refused = world.run_json({"issue", "b.example.com", "--server", "files"}, 2);
  EXPECT_EQ(refused["error"]["code"], "server_taken");
  EXPECT_EQ(world.run_json({"list"})["certificates"].size(), 1U) << "refused before anything is ordered";
}

TEST(DeployFault, ABrokenNginxConfigurationStopsBeforeTheReload) {
  World world;
  ASSERT_NO_FATAL_FAILURE(world.start_nginx());
  const std::string before = world.served_by_nginx();
  const Files files = files_of(world, "nginx");
  world.nginx->break_config();
  const auto document = deploy_failed(world, {"web"}, "hook_failed");
  EXPECT_NE(document["error"]["detail"].get<std::string>().find("[emerg]"), std::string::npos);
  EXPECT_EQ(world.served_by_nginx(), before);
  EXPECT_EQ(files_of(world, "nginx"), files);
  world.nginx->repair_config();
  EXPECT_EQ(world.run({"deploy", "a.example.com"}).exit_code, 0);
  EXPECT_NE(world.served_by_nginx(), before);
}

TEST(DeployFault, AVerifyAddressThatServesAnotherCertificateIsNoProof) {
  World world({}, "[deploy]\nverify_timeout = 1\n");
  ASSERT_NO_FATAL_FAILURE(world.start_nginx());
  ASSERT_NO_FATAL_FAILURE(world.start_kamailio());
  const std::string before = world.served_by_nginx();
  ASSERT_EQ(world.run({"server", "set", "web", "--verify", world.kamailio_target()}).exit_code, 0);
  const auto document = deploy_failed(world, {"web"}, "verify_failed");
  EXPECT_NE(document["error"]["message"].get<std::string>().find(world.kamailio_target()), std::string::npos);
  EXPECT_EQ(document["deployments"][0]["state"], "rolled_back");
  EXPECT_TRUE(lab::wait_until([&] { return world.served_by_nginx() == before; }));
}

TEST(DeployFault, AVerifyAddressWhereNobodyListensIsNoProof) {
  World world({}, "[deploy]\nverify_timeout = 1\n");
  world.register_files("files", {"--verify", "tls://127.0.0.1:1"});
  const Files before = files_of(world, "files");
  const auto document = deploy_failed(world, {"files"}, "verify_failed");
  EXPECT_NE(document["error"]["message"].get<std::string>().find("refused"), std::string::npos);
  EXPECT_EQ(files_of(world, "files"), before);
}

TEST(DeployFault, AKamailioThatIsDownIsSaidToBeDown) {
  World world;
  ASSERT_NO_FATAL_FAILURE(world.start_kamailio());
  const Files before = files_of(world, "kamailio");
  world.kamailio->stop();
  const auto document = deploy_failed(world, {"pbx"}, "hook_failed");
  EXPECT_NE(document["error"]["detail"].get<std::string>().find("kamailio does not answer"),
            std::string::npos);
  EXPECT_EQ(files_of(world, "kamailio"), before);
}

}  // namespace
}  // namespace certmgr::e2e
