// SPDX-License-Identifier: MIT
// What scripts rely on: exit codes, where output goes, one JSON document, files as they were asked for.
#include <grp.h>
#include <openssl/pem.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "e2e/world/world.h"

namespace certmgr::e2e {
namespace {

namespace fs = std::filesystem;

/// "EC 256", "RSA 2048": what the leaf in a PEM file really holds.
std::string key_of_leaf(const fs::path& path) {
  const std::string pem = lab::read_file(path);
  const lab::BioPtr input(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const lab::X509Ptr leaf(PEM_read_bio_X509(input.get(), nullptr, nullptr, nullptr));
  if (!leaf) return "no certificate";
  EVP_PKEY* key = X509_get0_pubkey(leaf.get());
  return std::string(EVP_PKEY_get0_type_name(key)) + " " + std::to_string(EVP_PKEY_get_bits(key));
}

/// A hook that notes its phases in `log` and does what the hook of the type does.
fs::path noting_hook(const World& world, const std::string& type, const fs::path& log) {
  return write_hook(
      world.files / (type + "-hook"),
      "echo \"$1\" >> " + log.string() + "\nexec " CERTMGR_TEST_SOURCE_DIR "/hooks/" + type + " \"$@\"\n");
}

TEST(Contract, ErrorsForPeopleGoToStderrWithTheReasonAndWhatToDo) {
  World world;
  for (const Arguments& command :
       {Arguments{"show", "nothing"}, Arguments{"issue", "localhost"}, Arguments{"isue", "a.example.com"},
        Arguments{"list", "--config", "/nonexistent.toml"},
        Arguments{"issue", "a.example.com", "--ca", "tst"}}) {
    for (const char* more : {"--no-color", "-q", "-v"}) {
      Arguments arguments = command;
      arguments.emplace_back(more);
      const auto outcome = world.run(arguments);
      EXPECT_EQ(outcome.exit_code, 2) << command.front();
      EXPECT_EQ(outcome.output, "") << command.front();
      EXPECT_NE(outcome.errors.find("certmgr: "), std::string::npos) << outcome.errors;
      EXPECT_NE(outcome.errors.find("\n  why: "), std::string::npos) << outcome.errors;
      EXPECT_NE(outcome.errors.find("\n  try: "), std::string::npos) << outcome.errors;
    }
  }
}

TEST(Contract, WithJsonNothingButTheDocumentIsOnStdoutWhereverTheOptionStands) {
  World world;
  ASSERT_NO_FATAL_FAILURE(world.register_files("files"));
  for (const Arguments& command : {Arguments{"issue", "a.example.com", "--server", "files", "-v"},
                                   Arguments{"list", "-v"},
                                   Arguments{"show", "a.example.com"},
                                   Arguments{"show", "nothing"},
                                   Arguments{"server", "list"},
                                   Arguments{"server", "show", "files"},
                                   Arguments{"server", "show", "nothing"},
                                   Arguments{"server", "test", "files"},
                                   Arguments{"server", "set", "files", "--mode", "0640"},
                                   Arguments{"account", "list"},
                                   Arguments{"account", "show"},
                                   Arguments{"account", "show", "nowhere"},
                                   Arguments{"deploy", "a.example.com"},
                                   Arguments{"db", "check"},
                                   Arguments{"renew"},
                                   Arguments{"renew", "--force", "a.example.com"},
                                   Arguments{"no-such-command"},
                                   Arguments{"server"},
                                   Arguments{"export", "a.example.com", "--out", world.files.path().string()},
                                   Arguments{"export", "a.example.com", "--out", "/nonexistent"},
                                   Arguments{"server", "remove", "files"}}) {
    Arguments before = command;
    before.insert(before.begin(), {"--json", "--no-color"});
    const auto outcome = world.run(before);
    json document;
    ASSERT_NO_THROW(document = outcome.json()) << command.front() << ":\n" << outcome.output;
    EXPECT_TRUE(document.is_object()) << command.front();
    EXPECT_EQ(document.contains("error"), outcome.exit_code != 0) << command.front() << document.dump(2);
  }
}

TEST(Contract, TheVersionIsADocumentWithJson) {
  World world;
  const auto text = world.run({"--version"});
  EXPECT_EQ(text.exit_code, 0);
  for (const Arguments& command : {Arguments{"--json", "--version"}, Arguments{"--version", "--json"}}) {
    const auto outcome = world.run(command);
    EXPECT_EQ(outcome.exit_code, 0);
    const std::string version = outcome.json().at("version");
    EXPECT_EQ(text.output, "certmgr " + version + "\n");
  }
}

TEST(Contract, ARunForCronEndsWithOneDocument) {
  World world;
  world.register_files("box", {"--hook", write_hook(world.files / "hook", "exit 1\n").string()});
  ASSERT_EQ(world.run({"issue", "a.example.com"}).exit_code, 0);
  auto document = world.run_json({"daemon", "--once"});
  EXPECT_EQ(document["certificates"]["all"], 1);
  EXPECT_EQ(document["healthy"], true);
  EXPECT_FALSE(document.contains("error"));
  ASSERT_EQ(world.run({"deploy", "a.example.com", "--server", "box"}).exit_code, 3);
  document = world.run_json({"daemon", "--once"}, 3);
  EXPECT_EQ(document["error"]["code"], "not_deployed");
  EXPECT_NE(document["error"]["message"].get<std::string>().find("box"), std::string::npos)
      << document.dump(2);
  EXPECT_EQ(document["listeners"]["failed"], 1);
}

TEST(Contract, AServerTestThatFindsTroubleExitsWithOneAndSaysWhichPartIsNotGood) {
  World world;
  ASSERT_NO_FATAL_FAILURE(world.start_nginx());
  EXPECT_EQ(world.run_json({"server", "test", "web"})["test"]["passed"], true);
  world.nginx->break_config();
  const auto broken = world.run({"server", "test", "web", "--json"});
  EXPECT_EQ(broken.exit_code, 1);
  EXPECT_EQ(broken.json()["test"]["passed"], false);
  EXPECT_NE(broken.json()["test"]["check"]["detail"].get<std::string>().find("no_such_directive"),
            std::string::npos)
      << broken.output;
  world.nginx->repair_config();
  world.nginx->stop();
  const auto stopped = world.run({"server", "test", "web", "--json"});
  EXPECT_EQ(stopped.exit_code, 1);
  EXPECT_TRUE(stopped.json()["test"]["served"][0]["served_fingerprint_sha256"].is_null()) << stopped.output;
}

TEST(Contract, EveryServerIsCheckedAndReloadedOnceAndNotAtAllWhenNothingChanged) {
  World world;
  ASSERT_NO_FATAL_FAILURE(world.start_nginx());
  ASSERT_NO_FATAL_FAILURE(world.start_kamailio());
  const auto log = world.files / "phases";
  for (const auto& [name, type] : {std::pair{"web", "nginx"}, std::pair{"pbx", "kamailio"}}) {
    const auto hook = noting_hook(world, type, log).string();
    ASSERT_EQ(world.run({"server", "set", name, "--hook", hook}).exit_code, 0);
  }
  const Arguments issue{"issue", "a.example.com", "b.example.com", "--server", "web", "--server", "pbx"};
  ASSERT_EQ(world.run(issue).exit_code, 0);
  const std::string phases = lab::read_file(log);
  EXPECT_EQ(phases.size(), 2 * std::string("check\nreload\n").size()) << phases;
  auto again = world.run_json(issue);
  EXPECT_EQ(again["changed"], false);
  const auto reordered = world.run_json({"issue", "b.example.com", "a.example.com", "--label",
                                         "a.example.com", "--server", "pbx", "--server", "web"});
  EXPECT_EQ(reordered["changed"], false) << "the order of names and servers means nothing";
  EXPECT_EQ(lab::read_file(log), phases) << "a hook was run although nothing changed";
}

TEST(Contract, FilesHaveTheOwnerAndModeTheyWereRegisteredWithAlsoAfterARenewal) {
  if (geteuid() != 0) GTEST_SKIP() << "skip: only root can give files away";
  const passwd* user = getpwnam("nobody");
  const group* group = getgrnam("daemon");
  if (user == nullptr || group == nullptr) GTEST_SKIP() << "skip: no such user or group here";
  const uid_t uid = user->pw_uid;
  const gid_t gid = group->gr_gid;
  World world;
  const auto dir = world.files / "files";
  ASSERT_NO_FATAL_FAILURE(world.register_files(
      "files", {"--owner", "nobody:daemon", "--mode", "0440", "--combined", (dir / "all.pem").string(),
                "--cert", (dir / "cert.pem").string(), "--chain", (dir / "chain.pem").string()}));
  for (const Arguments& command : {Arguments{"issue", "a.example.com", "--server", "files"},
                                   Arguments{"renew", "--force", "a.example.com"}}) {
    ASSERT_EQ(world.run(command).exit_code, 0);
    for (const char* name : {"key.pem", "fullchain.pem", "all.pem", "cert.pem", "chain.pem"}) {
      struct stat status {};
      ASSERT_EQ(stat((dir / name).c_str(), &status), 0) << name;
      EXPECT_EQ(status.st_uid, uid) << name;
      EXPECT_EQ(status.st_gid, gid) << name;
      EXPECT_EQ(status.st_mode & 07777U, 0440U) << name;
    }
  }
  const auto part = [&](const char* name) { return lab::read_file(dir / name); };
  EXPECT_EQ(part("fullchain.pem"), part("cert.pem") + part("chain.pem"));
  EXPECT_EQ(part("all.pem"), part("key.pem") + part("fullchain.pem"));
  EXPECT_TRUE(lab::matches({part("fullchain.pem"), part("key.pem")}));
}

TEST(Contract, ALeafHasTheKeyThatWasAskedForAndTheSameCommandWithAnotherTypeOrdersAnew) {
  World world;
  ASSERT_NO_FATAL_FAILURE(world.register_files("files"));
  const auto fullchain = world.files / "files/fullchain.pem";
  for (const auto& [type, holds] : {std::pair{"ecdsa-p384", "EC 384"}, std::pair{"rsa-2048", "RSA 2048"},
                                    std::pair{"rsa-3072", "RSA 3072"}, std::pair{"ecdsa-p256", "EC 256"}}) {
    auto document = world.run_json({"issue", "a.example.com", "--server", "files", "--key-type", type});
    EXPECT_EQ(document["issued"], true) << type;
    EXPECT_EQ(key_of_leaf(fullchain), holds);
    EXPECT_TRUE(lab::matches({lab::read_file(fullchain), lab::read_file(world.files / "files/key.pem")}));
  }
  const auto one_more = world.run_json({"issue", "a.example.com", "b.example.com"});
  EXPECT_EQ(one_more["issued"], true) << "one name more is another certificate";
  EXPECT_EQ(lab::names_in(lab::read_file(fullchain)).size(), 2U);
}

TEST(Contract, AnIssueThatIsNotToBeDeployedTouchesNoServer) {
  World world;
  ASSERT_NO_FATAL_FAILURE(world.start_nginx());
  const std::string before = world.served_by_nginx();
  auto document = world.run_json({"issue", "a.example.com", "--server", "web", "--no-deploy"});
  EXPECT_EQ(document["issued"], true);
  EXPECT_EQ(world.served_by_nginx(), before);
  ASSERT_EQ(world.run({"issue", "a.example.com"}).exit_code, 0);
  EXPECT_EQ(world.served_by_nginx(), world.stored_fingerprint("a.example.com"));
}

}  // namespace
}  // namespace certmgr::e2e
