// SPDX-License-Identifier: MIT
#include "adapters/solvers/published_trial.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "adapters/solvers/http01_listener.h"
#include "adapters/solvers/http01_webroot.h"
#include "adapters/solvers/solver_switch.h"
#include "adapters/solvers/tls_alpn01_listener.h"
#include "lab/authority.h"
#include "lab/nginx.h"
#include "lab/ports.h"
#include "lab/temp_dir.h"
#include "proofs.h"

namespace certmgr::solvers {
namespace {

const Identifier kName{IdentifierType::dns, "sip.example.com"};

SolverSwitch all_solvers() {
  return {{{ChallengeType::http_01, std::make_shared<Http01Listener>()},
           {ChallengeType::tls_alpn_01, std::make_shared<TlsAlpn01Listener>()}},
          std::make_unique<Http01Webroot>()};
}

std::string here(int port) { return "127.0.0.1:" + std::to_string(port); }

TEST(PublishedTrial, AProofAtAListenerComesBackAndThePortIsFreeAgain) {
  auto solver = all_solvers();
  const int port = lab::free_port();
  PublishedTrial trial(solver, static_cast<std::uint16_t>(port));
  for (const auto& addresses : {std::vector<std::string>{}, std::vector<std::string>{"127.0.0.1"}}) {
    const auto tried = trial.try_out(kName, listening_on(here(port)), addresses);
    EXPECT_FALSE(tried.unpublished) << tried.unpublished->message();
    ASSERT_EQ(tried.fetched.size(), 1U);
    EXPECT_FALSE(tried.fetched.front().trouble) << tried.fetched.front().trouble->message();
    EXPECT_EQ(tried.fetched.front().from, here(port));
  }
  EXPECT_FALSE(lab::port_accepts("127.0.0.1", port));
}

TEST(PublishedTrial, WhereNobodyAnswersOrSomebodyElseDoesTheProofIsNotSeen) {
  auto solver = all_solvers();
  const auto listen = listening_on(here(lab::free_port()));
  PublishedTrial nobody(solver, static_cast<std::uint16_t>(lab::free_port()));
  const auto silent = nobody.try_out(kName, listen, {"127.0.0.1"});
  ASSERT_EQ(silent.fetched.size(), 1U);
  ASSERT_TRUE(silent.fetched.front().trouble);
  EXPECT_EQ(silent.fetched.front().trouble->code, "proof_not_seen");

  httplib::Server other;
  other.Get(".*", [](const httplib::Request&, httplib::Response& response) {
    response.set_content("parked", "text/plain");
  });
  const int port = other.bind_to_any_port("127.0.0.1");
  std::thread serving([&] { other.listen_after_bind(); });
  PublishedTrial elsewhere(solver, static_cast<std::uint16_t>(port));
  const auto wrong = elsewhere.try_out(kName, listen, {"127.0.0.1"});
  other.stop();
  serving.join();
  ASSERT_EQ(wrong.fetched.size(), 1U);
  ASSERT_TRUE(wrong.fetched.front().trouble);
  EXPECT_EQ(wrong.fetched.front().trouble->why, "something else stands there");
}

TEST(PublishedTrial, AWebrootIsTriedThroughItsWebServerAndLeftEmpty) {
  auto solver = all_solvers();
  lab::TempDir site;
  lab::write_pair(lab::self_signed({"a.example.com"}), site / "cert.pem", site / "key.pem");
  std::filesystem::create_directories(site / "root");
  const int port = lab::free_port();
  const lab::Nginx nginx({.fullchain = site / "cert.pem",
                          .key = site / "key.pem",
                          .webroot = site / "root",
                          .webroot_port = port});
  PublishedTrial trial(solver, static_cast<std::uint16_t>(port));
  const auto tried = trial.try_out(kName, webroot_at((site / "root").string()), {});
  EXPECT_FALSE(tried.unpublished);
  ASSERT_EQ(tried.fetched.size(), 1U);
  EXPECT_FALSE(tried.fetched.front().trouble) << tried.fetched.front().trouble->message();
  for (const auto& entry : std::filesystem::recursive_directory_iterator(site / "root"))
    EXPECT_FALSE(entry.is_regular_file()) << entry.path();
}

TEST(PublishedTrial, APortInUseOrAMissingFolderIsTheTroubleOfTheSolver) {
  auto solver = all_solvers();
  const int port = lab::free_port();
  PublishedTrial trial(solver, static_cast<std::uint16_t>(port));
  EXPECT_EQ(trial.try_out(kName, webroot_at("/nowhere/at/all"), {}).unpublished->code, "webroot_unusable");
  EXPECT_TRUE(trial.try_out(kName, listening_on("nonsense"), {}).unpublished);
  const ChallengeSettings alpn{ChallengeType::tls_alpn_01, "", here(port)};
  EXPECT_FALSE(trial.try_out(kName, alpn, {}).unpublished);
}

}  // namespace
}  // namespace certmgr::solvers
