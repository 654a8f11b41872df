// SPDX-License-Identifier: MIT
// Certificates from an ACME server that is not ours and not Pebble, and what they cost.
#include "caddy_world.h"
#include "requests.h"

namespace certmgr::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kNewNonce = "HEAD ";
constexpr const char* kDirectory = "GET ";

TEST_F(WithCaddy, IssuesForNamesAndAddressesByHttp) {
  const auto issued = run_json({"issue", "pbx.test", "sip.test", "127.0.0.1", "--challenge", "http-01"});
  EXPECT_EQ(issued["certificate"]["identifiers"], json::array({"pbx.test", "sip.test", "127.0.0.1"}));
  EXPECT_EQ(run_json({"show", "pbx.test"})["certificate"]["state"], "issued");
}

TEST_F(WithCaddy, IssuesForNamesAndAddressesByTlsAlpn) {
  const auto issued = run_json({"issue", "pbx.test", "127.0.0.1", "--challenge", "tls-alpn-01"});
  EXPECT_EQ(issued["certificate"]["identifiers"], json::array({"pbx.test", "127.0.0.1"}));
}

TEST_F(WithCaddy, IssuesForAWildcardItsDomainAndAnAddressInOne) {
  const auto issued = run_json({"issue", "*.pbx.test", "pbx.test", "127.0.0.1", "--challenge", "dns-01"});
  EXPECT_EQ(issued["certificate"]["identifiers"], json::array({"*.pbx.test", "pbx.test", "127.0.0.1"}));
}

TEST_F(WithCaddy, ACertificateCostsSixRequestsAndTheDirectory) {
  run({"account", "register"}, 0);
  const auto issued = run({"-v", "issue", "pbx.test"}, 0);
  // newOrder, authorization, challenge, order, finalize, certificate: this CA issues within finalize. It
  // forbids nobody to keep its directory, but does not say for how long, so each process reads it.
  EXPECT_EQ(requests(issued), 7) << issued.errors;
  EXPECT_EQ(requests(issued, kDirectory), 1);
  EXPECT_EQ(requests(issued, kNewNonce), 0);
  // It keeps no authorizations: each order wants new proofs.
  const auto renewed = run({"-v", "renew", "--force", "pbx.test"}, 0);
  EXPECT_EQ(requests(renewed), 7) << renewed.errors;
}

TEST_F(WithCaddy, ADaemonNeedsSixRequestsForEachOfMany) {
  constexpr int kMany = 30;
  const lab::TempDir dir;
  std::string fleet;
  for (int i = 0; i < kMany; ++i)
    fleet += "[[certificate]]\nnames = [\"n" + std::to_string(i) + ".fleet.test\"]\n";
  lab::write_file(dir / "fleet.toml", fleet);
  run({"account", "register"}, 0);
  run({"apply", (dir / "fleet.toml").string(), "--yes"}, 0);
  const auto done = run({"-v", "daemon", "--once"}, 0);
  for (const auto& certificate : run_json({"list"})["certificates"])
    EXPECT_EQ(certificate["state"], "issued") << certificate.dump();
  EXPECT_EQ(requests(done, "POST "), 6 * kMany) << done.errors;
  EXPECT_EQ(requests(done, kDirectory), 1);
}

TEST_F(WithCaddy, TakesTheValidityThatIsAskedFor) {
  const auto issued = run_json({"issue", "short.test", "--not-after", "1h"})["certificate"];
  const auto renewed = run_json({"issue", "long.test", "--not-after", "90d"})["certificate"];
  EXPECT_LT(issued["not_after"].get<std::string>(), renewed["not_after"].get<std::string>());
}

TEST_F(WithCaddy, SaysWhyAProofDoesNotComeThroughAndGoesOnOnceItDoes) {
  // The CA looks once, leaves the challenge pending, and would wait for ever.
  const auto waiting = run({"issue", "pbx.test", "--http-listen", "127.0.0.1:8080", "--timeout", "6"}, 4);
  EXPECT_THAT(waiting.errors, HasSubstr("could not verify control of pbx.test by http-01"));
  EXPECT_THAT(waiting.errors, HasSubstr("(connection)"));
  EXPECT_THAT(run_json({"show", "pbx.test"}).dump(), HasSubstr("could not verify control"));
  run({"issue", "pbx.test", "--http-listen", "127.0.0.1:80"}, 0);
}

TEST_F(WithCaddy, ThatWasAwayGetsTheSameOrderLater) {
  run({"account", "register"}, 0);
  caddy().stop();
  const auto away = run({"issue", "pbx.test", "--timeout", "2"});
  EXPECT_NE(away.exit_code, 0);
  EXPECT_THAT(away.errors, HasSubstr("cannot talk to the CA"));
  caddy().start();
  // To ask for its list of orders while none is pending would spoil the account there for good.
  const auto issued = run({"-v", "issue", "pbx.test"}, 0);
  EXPECT_THAT(issued.errors, Not(HasSubstr("/orders")));
  run({"issue", "sip.test"}, 0);
}

}  // namespace
}  // namespace certmgr::e2e
