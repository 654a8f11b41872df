// SPDX-License-Identifier: MIT
// `apply` and `delete` as a person or a script gives them.
#include <gmock/gmock.h>

#include "e2e/fleet/fleet_program.h"

namespace certmgr::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Fleet : public FleetProgram {
 protected:
  [[nodiscard]] std::string server(const std::string& name, const std::string& more = "") const {
    return "[[server]]\nname = \"" + name + "\"\ntype = \"generic\"\ncombined = \"" +
           (files_ / (name + ".pem")).string() + "\"\n" + more;
  }
  static std::string certificate(const std::string& names, const std::string& more = "") {
    return "[[certificate]]\nnames = [" + names + "]\n" + more;
  }
  json list(const std::string& what) { return certmgr_.run({what, "list", "--json"}).json()["servers"]; }
  json certificates() { return certmgr_.run({"list", "--json"}).json()["certificates"]; }
  [[nodiscard]] std::string two() const {
    return server("pbx") + certificate("\"sip.example.com\", \"www.example.com\"", "servers = [\"pbx\"]\n") +
           certificate("\"turn.example.com\"", "label = \"turn\"\nkey_type = \"rsa-2048\"\n");
  }
};

TEST_F(Fleet, IsMadeOnceAndThenUnchanged) {
  const auto first = apply(two());
  ASSERT_EQ(first.exit_code, 0) << first.errors;
  EXPECT_THAT(first.output, HasSubstr("+ server pbx\n+ certificate sip.example.com\n+ certificate turn\n"
                                      "3 to create, 0 to change, 0 to remove, 0 unchanged\nApplied.\n"));
  EXPECT_THAT(first.output, HasSubstr("certmgr daemon --once"));
  const auto now = certificates();
  ASSERT_EQ(now.size(), 2U);
  EXPECT_EQ(now[0]["label"], "sip.example.com");
  EXPECT_EQ(now[0]["servers"][0]["name"], "pbx");
  EXPECT_EQ(now[1]["key_type"], "rsa-2048");

  const auto second = apply(two(), {});
  ASSERT_EQ(second.exit_code, 0) << "nothing to confirm: " << second.errors;
  EXPECT_EQ(second.output, "0 to create, 0 to change, 0 to remove, 3 unchanged\nnothing to do\n");
  EXPECT_THAT(apply(two(), {"-v"}).output, HasSubstr("= certificate turn\n"));
  EXPECT_EQ(certmgr_.run({"db", "check"}).exit_code, 0);
}

TEST_F(Fleet, AChangeIsSaidWithBothValues) {
  ASSERT_EQ(apply(two()).exit_code, 0);
  const auto changed =
      apply(server("pbx", "mode = \"0640\"\n") +
            certificate("\"sip.example.com\"", "servers = [\"pbx\"]\nkey_type = \"rsa-3072\"\n") +
            certificate("\"turn.example.com\"", "label = \"turn\"\nkey_type = \"rsa-2048\"\n"));
  ASSERT_EQ(changed.exit_code, 0) << changed.errors;
  EXPECT_THAT(
      changed.output,
      HasSubstr("~ server pbx: mode: none -> 0640\n~ certificate sip.example.com:\n"
                "    names: sip.example.com, www.example.com -> sip.example.com\n"
                "    key_type: ecdsa-p256 -> rsa-3072\n0 to create, 2 to change, 0 to remove, 1 unchanged"));
  EXPECT_EQ(certificates()[0]["key_type"], "rsa-3072");
}

TEST_F(Fleet, OnlyPruneRemoves) {
  ASSERT_EQ(apply(two()).exit_code, 0);
  const std::string less = certificate("\"turn.example.com\"", "label = \"turn\"\nkey_type = \"rsa-2048\"\n");
  const auto kept = apply(less);
  EXPECT_EQ(kept.exit_code, 0) << kept.errors;
  EXPECT_THAT(kept.output, HasSubstr("1 certificate and 1 server are not in the file and left alone"));
  EXPECT_EQ(certificates().size(), 2U);
  const auto pruned = apply(less, {"--yes", "--prune"});
  EXPECT_EQ(pruned.exit_code, 0) << pruned.errors;
  EXPECT_THAT(pruned.output, HasSubstr("- certificate sip.example.com\n- server pbx\n"
                                       "0 to create, 0 to change, 2 to remove, 1 unchanged"));
  EXPECT_EQ(certificates().size(), 1U);
  EXPECT_EQ(list("server").size(), 0U);
}

TEST_F(Fleet, ADryRunChangesNothing) {
  const auto outcome = apply(two(), {"--dry-run"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr("3 to create"));
  EXPECT_THAT(outcome.output, Not(HasSubstr("Applied")));
  EXPECT_EQ(certificates().size(), 0U);
}

TEST_F(Fleet, WithoutATerminalNothingHappensUnlessItSaysYes) {
  const auto outcome = apply(two(), {});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.output, HasSubstr("3 to create")) << "the plan is told all the same";
  EXPECT_THAT(outcome.errors, HasSubstr("--yes"));
  EXPECT_EQ(certificates().size(), 0U);
}

TEST_F(Fleet, AnswersWithOneJsonDocument) {
  const auto asked = apply(two(), {"--json"});
  EXPECT_EQ(asked.exit_code, 2);
  EXPECT_EQ(asked.json()["error"]["code"], "not_confirmed");
  EXPECT_EQ(asked.json()["applied"], false);
  EXPECT_EQ(asked.json()["summary"]["create"], 3);
  const auto done = apply(two(), {"--json", "--yes"});
  EXPECT_EQ(done.exit_code, 0);
  const auto document = done.json();
  EXPECT_EQ(document["applied"], true);
  ASSERT_EQ(document["plan"].size(), 3U);
  EXPECT_EQ(document["plan"][0]["what"], "server");
  EXPECT_EQ(document["plan"][0]["name"], "pbx");
  EXPECT_EQ(document["plan"][0]["action"], "create");
  EXPECT_EQ(apply(two(), {"--json", "--yes"}).json()["applied"], false);
  EXPECT_EQ(apply(two(), {"--json", "--dry-run"}).json()["summary"]["unchanged"], 3);
}

struct Bad {
  const char* text;
  const char* place;
  const char* word;
};

TEST_F(Fleet, EveryFaultIsToldWithItsPlaceAndNothingChanges) {
  const std::string pbx = server("pbx");
  const Bad table[] = {
      {"[[certificate]]\nnames = [\"a.example.com\"]\n[[certificate]]\nnames = [\"a.example.com\"]\n",
       ":4:", "there is a certificate 'a.example.com' at"},
      {"[[certificate]]\nnames = [\"-.example.com\"]\n", ":2:", "-.example.com"},
      {"[[certificate]]\nnames = [\"*.example.com\"]\n", ":2:", "over DNS"},
      {"[[certificate]]\nnames = [\"a.example.com\"]\nca = \"tets\"\n", ":3:", "did you mean 'test'?"},
      {"[[certificate]]\nnames = [\"a.example.com\"]\nfallback_cas = [\"tets\"]\n",
       ":3:", "did you mean 'test'?"},
      {"[[certificate]]\nnames = [\"a.example.com\"]\nservers = [\"pbc\"]\n", ":3:", "did you mean 'pbx'?"},
      {"[[certificate]]\nnames = [\"a.example.com\"]\nlabel = \"../x\"\n", ":3:", "label"},
      {"[[certificate]]\nnames = [\"a.example.com\"]\nwebroot = \"/nonexistent\"\n", ":3:", "/nonexistent"},
      {"[[certificate]]\nnames = [\"a.example.com\"]\nservers = [\"pbx\"]\n"
       "[[certificate]]\nnames = [\"b.example.com\"]\nservers = [\"pbx\"]\n",
       ":6:", "'a.example.com'"},
      {"[[certificate]]\nnames = [\"a.example.com\"]\nservers = [\"taken\"]\n", ":3:", "certmgr delete held"},
      {"[[server]]\nname = \"s\"\ntype = \"generic\"\ncombined = \"relative\"\n", ":1:", "relative"},
      {"[[server]]\nname = \"s\"\ntype = \"generic\"\ncombined = \"/nonexistent/x.pem\"\n",
       ":1:", "/nonexistent"},
      {"[[server]]\nname = \"s\"\ntype = \"genric\"\ncombined = \"/etc/x.pem\"\n", ":1:", "genric"},
      {"[ca.test]\ndirectory = \"https://127.0.0.1:2/dir\"\n", ":1:", "in the configuration too"},
      {"[[organization]]\nname = \"x\"\n", ":1:", "'legal_name' is missing"},
      {"[[certificate]]\nnames = [\"a.example.com\"]\norganization = \"x\"\n",
       ":3:", "there is no organization 'x'"},
      {"[[certificate]]\nnames = [\"a.example.com\"]\nlevel = \"ov\"\n", ":3:", "certificates of level dv"},
  };
  ASSERT_EQ(apply(pbx + server("taken") +
                  certificate("\"c.example.com\"", "label = \"held\"\nservers = [\"taken\"]\n"))
                .exit_code,
            0);
  for (const auto& bad : table) {
    const auto outcome = apply(bad.text);
    EXPECT_EQ(outcome.exit_code, 2) << bad.text;
    EXPECT_THAT(outcome.errors, HasSubstr(std::string("fleet.toml") + bad.place)) << bad.text;
    EXPECT_THAT(outcome.errors, HasSubstr(bad.word)) << bad.text;
    EXPECT_EQ(outcome.output, "") << bad.text;
  }
  const auto taken =
      apply(server("pbx", "") + "[[server]]\nname = \"pbx\"\ntype = \"generic\"\ncombined = \"/x\"\n");
  EXPECT_EQ(taken.exit_code, 2);
  EXPECT_THAT(taken.errors, HasSubstr("there is a server 'pbx' at"));
  EXPECT_EQ(certificates().size(), 1U);
}

TEST_F(Fleet, AllFaultsAreToldAtOnce) {
  const auto outcome = apply(
      "[[server]]\nname = \"s\"\n[[certificate]]\nnames = [\"a.example.com\"]\nservers = [\"s\", "
      "\"nobody\"]\n"
      "[[certificate]]\nnames = [\"*.example.com\"]\n[[certificate]]\nnames = []\n");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.errors, HasSubstr("4 faults"));
  for (const char* place : {"fleet.toml:1:1", "fleet.toml:5:", "fleet.toml:7:", "fleet.toml:9:"})
    EXPECT_THAT(outcome.errors, HasSubstr(place));
  EXPECT_THAT(outcome.errors, Not(HasSubstr("no server 's'"))) << "it is there, but faulty";
}

TEST_F(Fleet, InternationalNamesBecomeALabels) {
  ASSERT_EQ(apply(certificate("\"bücher.example.com\"", "label = \"b\"\n")).exit_code, 0);
  EXPECT_EQ(certificates()[0]["identifiers"][0], "xn--bcher-kva.example.com");
}

TEST_F(Fleet, ADeclaredCaIsKnownToEveryCommand) {
  const std::string ca = "[ca.lab]\ndirectory = \"https://127.0.0.1:3/dir\"\nkey_type = \"rsa-4096\"\n";
  ASSERT_EQ(apply(ca + certificate("\"a.example.com\"", "ca = \"lab\"\n")).exit_code, 0);
  EXPECT_EQ(certificates()[0]["key_type"], "rsa-4096") << "the CA's own default";
  EXPECT_THAT(certmgr_.run({"account", "show", "lab"}).errors, HasSubstr("there is none yet"));
  EXPECT_EQ(apply(ca, {"--yes", "--prune"}).exit_code, 0);
  EXPECT_EQ(apply("", {"--yes", "--prune"}).exit_code, 0);
  EXPECT_THAT(certmgr_.run({"account", "show", "lab"}).errors, HasSubstr("there is no CA 'lab'"));
}

TEST_F(Fleet, AFileThatIsNotThereIsSaid) {
  const auto outcome = certmgr_.run({"apply", (files_ / "none.toml").string(), "--yes"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.errors, HasSubstr("none.toml"));
}

TEST(Delete, ForgetsVersionsAndKeysButNotWhatHappened) {
  World world;
  world.register_files("files");
  ASSERT_EQ(world.run({"issue", "a.example.com", "--server", "files"}).exit_code, 0);
  ASSERT_EQ(world.run({"issue", "b.example.com"}).exit_code, 0);
  const auto asked = world.run({"delete", "a.example.com"});
  EXPECT_EQ(asked.exit_code, 2);
  EXPECT_THAT(asked.output, HasSubstr("1 version with its private key"));
  EXPECT_EQ(world.run_json({"list"})["certificates"].size(), 2U);

  const auto deleted = world.run_json({"delete", "a.example.com", "--yes"});
  EXPECT_EQ(deleted["deleted"], "a.example.com");
  EXPECT_EQ(deleted["versions"], 1);
  EXPECT_EQ(deleted["servers"][0], "files");
  EXPECT_EQ(world.run_json({"list"})["certificates"].size(), 1U);
  EXPECT_EQ(world.run({"show", "a.example.com"}).exit_code, 2);
  const auto check = world.run_json({"db", "check"});
  EXPECT_EQ(check["ok"], true);
  EXPECT_EQ(check["keys"], 2) << "the account's, and that of the other certificate";
  EXPECT_EQ(world.run({"issue", "a.example.com", "--server", "files"}).exit_code, 0)
      << "the name is free again";
}

TEST(Delete, AnOpenOrderGoesWithItAndItsProofsToo) {
  World world;
  const auto webroot = world.files / "webroot";
  std::filesystem::create_directories(webroot);
  // Nobody shows the folder at the CA's port: the CA refuses, or waits; either way there is an order.
  const auto failed = world.run({"issue", "a.example.com", "--webroot", webroot.string(), "--timeout", "1"});
  EXPECT_NE(failed.exit_code, 0);
  EXPECT_EQ(world.run({"delete", "a.example.com", "--yes"}).exit_code, 0);
  for (const auto& left : std::filesystem::recursive_directory_iterator(webroot))
    EXPECT_FALSE(left.is_regular_file()) << left.path();
  EXPECT_EQ(world.run_json({"db", "check"})["ok"], true);
}

TEST(Delete, AnUnknownLabelIsAnsweredWithTheNearest) {
  World world;
  ASSERT_EQ(world.run({"issue", "a.example.com"}).exit_code, 0);
  const auto outcome = world.run({"delete", "b.example.com", "--yes"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.errors, HasSubstr("did you mean 'a.example.com'?"));
}

}  // namespace
}  // namespace certmgr::e2e
