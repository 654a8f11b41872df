// SPDX-License-Identifier: MIT
// A rehearsal at the CA for tests: everything is done, and nothing stays.
#include "e2e/preflight/preflight_world.h"

namespace certmgr::e2e {
namespace {

namespace fs = std::filesystem;
namespace resources = lab::strict::resources;
using testing::HasSubstr;
using testing::IsEmpty;

/// The CA "test" has "stage" for tests; proofs are fetched by the latter.
struct RehearsalWorld : PreflightWorld {
  RehearsalWorld() {
    fs::create_directory(scratch());
    certmgr.set_environment("TMPDIR", scratch().string());
    write(stage.http_port());
  }
  void write(int listen) const {
    auto config = this->config(named.port(), "[ca.stage]\ndirectory = \"" + stage.directory_url() +
                                                 "\"\nca_bundle = \"" + stage.ca_file().string() + "\"\n");
    config.http_port = listen;
    config.preflight = "http_port = " + std::to_string(listen) + "\n";
    certmgr.write_config(config);
    const std::string text = lab::read_file(certmgr.config_file());
    const auto at = text.find("[ca.test]\n") + 10;
    lab::write_file(certmgr.config_file(), text.substr(0, at) + "staging = \"stage\"\n" + text.substr(at));
  }
  [[nodiscard]] fs::path scratch() const { return certmgr.dir() / "scratch"; }
  [[nodiscard]] bool nothing_stayed() const { return fs::is_empty(scratch()); }

  lab::StrictCa stage;
};

TEST(DryRun, OrdersFromTheCaForTestsAndLeavesNothing) {
  RehearsalWorld world;
  const auto document = world.run_json({"issue", "ok.example.com", "--dry-run"}, 0);
  EXPECT_EQ(document["issued"], true);
  EXPECT_EQ(document["staging"], "stage");
  EXPECT_EQ(document["ca"], "test");
  for (const auto& finding : document["findings"]) EXPECT_EQ(finding["severity"], "ok") << finding;
  EXPECT_EQ(world.stage.count(resources::kFinalize), 1);
  EXPECT_EQ(world.ca.count(), 1) << "the directory, for the names the CA goes by";
  EXPECT_FALSE(fs::exists(world.certmgr.store_file()));
  EXPECT_FALSE(fs::exists(world.certmgr.key_file()));
  EXPECT_TRUE(world.nothing_stayed());
  EXPECT_THAT(world.stage.violations(), IsEmpty());
}

TEST(DryRun, AStoreThatIsThereIsLeftAsItWas) {
  RehearsalWorld world;
  world.write(world.ca.http_port());
  ASSERT_EQ(world.certmgr.run({"issue", "ok.example.com"}).exit_code, 0);
  const auto history = world.run_json({"history"}, 0);
  const auto accounts = world.run_json({"account", "list"}, 0);
  world.write(world.stage.http_port());
  const auto outcome = world.certmgr.run({"issue", "ok.example.com", "free.example.com", "--dry-run",
                                          "--http-listen", local(world.stage.http_port())});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_THAT(outcome.output,
              HasSubstr("the dry run worked: stage issued for free.example.com, ok.example.com"));
  EXPECT_EQ(world.run_json({"history"}, 0), history);
  EXPECT_EQ(world.run_json({"account", "list"}, 0), accounts);
  EXPECT_TRUE(world.nothing_stayed());
}

TEST(DryRun, WhatTheRealCaWouldRefuseIsNotEvenRehearsed) {
  RehearsalWorld world;
  const auto document = world.run_json({"issue", "other.example.com", "--dry-run"}, 1);
  EXPECT_EQ(document["error"]["code"], "caa_forbids");
  EXPECT_EQ(world.stage.count(), 0);
  EXPECT_TRUE(world.nothing_stayed());
}

TEST(DryRun, ARehearsalThatFailsSaysWhyAndLeavesNothing) {
  RehearsalWorld world;
  world.write(lab::free_port());
  const auto document = world.run_json({"issue", "ok.example.com", "--dry-run"}, 1);
  EXPECT_THAT(document["error"]["message"].get<std::string>(),
              HasSubstr("could not verify control of ok.example.com by http-01"));
  EXPECT_EQ(document["issued"], false);
  EXPECT_TRUE(world.nothing_stayed());
  EXPECT_FALSE(fs::exists(world.certmgr.store_file()));
}

TEST(DryRun, WithoutACaForTestsTheChecksAreAllThereIsAndThatIsSaid) {
  const PreflightWorld world;
  const auto outcome = world.certmgr.run({"issue", "ok.example.com", "--dry-run"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr("no order was tried"));
  EXPECT_EQ(world.ca.count(resources::kNewAccount), 0);
}

TEST(DryRun, WhatAKilledOneLeftTheNextOneRemoves) {
  RehearsalWorld world;
  world.stage.change([](lab::strict::Behaviour& behaviour) {
    behaviour.pending_polls = 1000;
    behaviour.retry_after_order = "1";
  });
  auto killed = world.certmgr.start({"issue", "ok.example.com", "--dry-run"});
  ASSERT_TRUE(lab::wait_until([&] { return world.stage.count(resources::kOrder) > 0; }));
  ASSERT_FALSE(world.nothing_stayed());
  killed.signal(SIGKILL);
  killed.end();
  world.stage.change([](lab::strict::Behaviour& behaviour) { behaviour.pending_polls = 0; });
  EXPECT_EQ(world.certmgr.run({"issue", "ok.example.com", "--dry-run"}).exit_code, 0);
  EXPECT_TRUE(world.nothing_stayed());
}

TEST(DryRun, OfARenewalOrdersWhatTheCertificateIs) {
  RehearsalWorld world;
  world.write(world.ca.http_port());
  ASSERT_EQ(world.certmgr.run({"issue", "ok.example.com", "--key-type", "rsa-2048"}).exit_code, 0);
  world.write(world.stage.http_port());
  ASSERT_EQ(
      world.certmgr
          .run({"issue", "ok.example.com", "--no-wait", "--http-listen", local(world.stage.http_port())})
          .exit_code,
      0);
  const auto before = world.run_json({"history"}, 0);
  const int asked = world.ca.count(resources::kNewOrder);
  const auto document = world.run_json({"renew", "ok.example.com", "--dry-run"}, 0);
  EXPECT_EQ(document["dry_run"], true);
  EXPECT_EQ(document["issued"], true);
  EXPECT_EQ(document["identifiers"], nlohmann::json::array({"ok.example.com"}));
  EXPECT_EQ(world.ca.count(resources::kNewOrder), asked);
  EXPECT_EQ(world.stage.count(resources::kFinalize), 1);
  EXPECT_EQ(world.run_json({"history"}, 0), before);
  EXPECT_TRUE(world.nothing_stayed());
}

TEST(DryRun, OfAllRenewalsIsOfThoseThatAreDue) {
  RehearsalWorld world;
  world.write(world.ca.http_port());
  ASSERT_EQ(world.certmgr.run({"issue", "ok.example.com"}).exit_code, 0);
  const auto document = world.run_json({"renew", "--dry-run"}, 0);
  EXPECT_EQ(document["dry_run"], true);
  EXPECT_THAT(document["renewals"], IsEmpty()) << "nothing is due";
  EXPECT_EQ(world.stage.count(), 0);
  EXPECT_EQ(world.run_json({"renew", "lost.example.com", "--dry-run"}, 2)["error"]["code"],
            "unknown_certificate");
}

TEST(DryRun, OfSeveralRenewalsGoesOnAfterOneThatCannotBeRehearsed) {
  RehearsalWorld world;
  const std::vector<std::string> order{"issue", "ok.example.com", "--no-wait", "--http-listen",
                                       local(world.stage.http_port())};
  ASSERT_EQ(world.certmgr.run(order).exit_code, 4) << "the CA itself looks elsewhere";
  const auto renewals =
      world.run_json({"renew", "lost.example.com", "ok.example.com", "--dry-run"}, 2)["renewals"];
  ASSERT_EQ(renewals.size(), 2U);
  EXPECT_EQ(renewals[0]["error"]["code"], "unknown_certificate");
  EXPECT_THAT(renewals[0]["error"]["message"].get<std::string>(), HasSubstr("lost.example.com"));
  EXPECT_EQ(renewals[1]["issued"], true);
}

TEST(DryRun, WithRecordsThatNameTheAccountIsRefused) {
  RehearsalWorld world;
  const auto error =
      world.run_json({"issue", "ok.example.com", "--challenge", "dns-persist-01", "--dry-run"}, 2)["error"];
  EXPECT_EQ(error["code"], "cannot_rehearse");
  EXPECT_EQ(world.stage.count(), 0);
}

TEST(DryRun, OfARenewalFromACaThatIsNotConfiguredAnyMoreIsRefused) {
  RehearsalWorld world;
  ASSERT_EQ(world.certmgr.run({"issue", "ok.example.com", "--ca", "stage", "--no-preflight"}).exit_code, 0);
  world.certmgr.write_config(world.config(world.named.port()));
  EXPECT_EQ(world.run_json({"renew", "ok.example.com", "--dry-run"}, 2)["error"]["code"], "unknown_ca");
}

}  // namespace
}  // namespace certmgr::e2e
