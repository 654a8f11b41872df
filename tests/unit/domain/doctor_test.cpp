// SPDX-License-Identifier: MIT
#include "certmgr/domain/doctor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

namespace certmgr {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

const Instant kNow = *parse_rfc3339("2026-11-24T08:00:00Z");
const Trouble kTrouble{
    .kind = TroubleKind::permanent, .code = "some_code", .what = "it", .why = "why", .hint = "do"};

const Finding* with(const std::vector<Finding>& findings, const std::string& code) {
  const auto found = std::find_if(findings.begin(), findings.end(),
                                  [&](const Finding& finding) { return finding.code == code; });
  return found == findings.end() ? nullptr : &*found;
}

CaHealth healthy() {
  CaHealth ca;
  ca.facts = {"ca", {"ca.test"}, "https://ca.test/acct/1", 0s};
  ca.terms_of_service = "https://ca.test/terms";
  ca.account = Account{};
  ca.account->terms_agreed = ca.terms_of_service;
  ca.account_status = "valid";
  return ca;
}

TEST(DoctorCa, OneThatIsInOrderHasNothingButGoodFindings) {
  EXPECT_EQ(gravest(judge_ca(healthy())), Severity::ok);
}

TEST(DoctorCa, EachFaultHasItsOwnFinding) {
  struct Case {
    std::string code;
    Severity severity;
    std::function<void(CaHealth&)> spoil;
  };
  const std::vector<Case> cases{
      {"some_code", Severity::problem, [](CaHealth& ca) { ca.unreachable = kTrouble; }},
      {"clock_skew", Severity::warning, [](CaHealth& ca) { ca.facts.clock_ahead = 2min; }},
      {"terms_changed", Severity::warning, [](CaHealth& ca) { ca.terms_of_service += "/new"; }},
      {"terms_not_agreed", Severity::warning, [](CaHealth& ca) { ca.account.reset(); }},
      {"eab_missing", Severity::warning,
       [](CaHealth& ca) {
         ca.account.reset();
         ca.external_account_required = true;
       }},
      {"account_unusable", Severity::problem, [](CaHealth& ca) { ca.account_status = "deactivated"; }},
      {"some_code", Severity::problem, [](CaHealth& ca) { ca.account_trouble = kTrouble; }},
      {"some_code", Severity::warning,
       [](CaHealth& ca) {
         ca.account_trouble = kTrouble;
         ca.account_trouble->kind = TroubleKind::transient;
       }},
  };
  for (const auto& c : cases) {
    CaHealth ca = healthy();
    c.spoil(ca);
    const auto findings = judge_ca(ca);
    const auto* finding = with(findings, c.code);
    ASSERT_NE(finding, nullptr) << c.code;
    EXPECT_EQ(finding->severity, c.severity) << c.code;
    EXPECT_FALSE(finding->hint.empty()) << c.code;
  }
}

CertificateHealth issued(Duration age, Duration left) {
  CertificateHealth health;
  health.certificate.spec.label = "pbx.example.test";
  health.current = Version{};
  health.current->not_before = kNow - age;
  health.current->not_after = kNow + left;
  return health;
}

TEST(DoctorCertificate, IsJudgedByWhatIsLeftOfItsTime) {
  struct Case {
    CertificateHealth health;
    Severity severity;
    std::string code;
  };
  CertificateHealth never;
  CertificateHealth failed;
  failed.last_order = Order{};
  failed.last_order->last_trouble = kTrouble;
  const auto day = 24h;
  for (const auto& c :
       {Case{issued(10 * day, 80 * day), Severity::ok, ""},
        Case{issued(65 * day, 25 * day), Severity::warning, "renewal_overdue"},
        Case{issued(85 * day, 5 * day), Severity::problem, "renewal_overdue"},
        Case{issued(91 * day, -1 * day), Severity::problem, "expired"},
        Case{never, Severity::warning, "not_issued"}, Case{failed, Severity::problem, "not_issued"}}) {
    const auto finding = judge_certificate(c.health, kNow);
    EXPECT_EQ(finding.severity, c.severity) << finding.message();
    EXPECT_EQ(finding.code, c.code) << finding.message();
  }
}

TEST(DoctorCertificate, TheTroubleOfItsLastOrderIsTold) {
  auto health = issued(std::chrono::hours(24 * 85), std::chrono::hours(24 * 5));
  health.last_order = Order{};
  health.last_order->last_trouble = kTrouble;
  EXPECT_THAT(judge_certificate(health, kNow).why, HasSubstr("it: why"));
  EXPECT_EQ(judge_certificate(health, kNow).hint, "do");
}

TEST(DoctorServer, IsInOrderOrTellsWhatIsNot) {
  ServerHealth health;
  health.server.name = "pbx";
  health.expected = "ab";
  health.served = {{"tls://127.0.0.1:5061", "ab", "pbx", "ca", kNow, ""}};
  EXPECT_EQ(gravest(judge_server(health)), Severity::ok);

  auto other = health;
  other.served.front().fingerprint = "cd";
  EXPECT_NE(with(judge_server(other), "verify_failed"), nullptr);

  auto silent = health;
  silent.served.front() = {"tls://127.0.0.1:5061", "", "", "", kNow, "refused"};
  const auto findings = judge_server(silent);
  ASSERT_NE(with(findings, "no_handshake"), nullptr);
  EXPECT_EQ(with(findings, "no_handshake")->severity, Severity::problem);
  silent.expected.clear();
  EXPECT_EQ(gravest(judge_server(silent)), Severity::warning) << "it may not start without a certificate";

  auto broken = health;
  broken.places = broken.check = kTrouble;
  broken.key_file = Trouble{.code = "key_exposed", .what = "open"};
  EXPECT_EQ(judge_server(broken).size(), 3U);
  EXPECT_EQ(gravest(judge_server(broken)), Severity::problem);

  auto fresh = health;
  fresh.expected.clear();
  fresh.key_file = Trouble{.code = "file_missing", .what = "nothing there"};
  EXPECT_EQ(gravest(judge_server(fresh)), Severity::warning) << "nothing was deployed yet";
}

TEST(DoctorUpkeep, AMissingDaemonMattersOnceThereAreCertificates) {
  const auto channels = std::vector<std::string>{"ops"};
  EXPECT_EQ(gravest(judge_upkeep({0, std::nullopt, std::nullopt, channels})), Severity::ok);
  EXPECT_EQ(gravest(judge_upkeep({1, "pid 1", "pid 2", channels})), Severity::ok);
  for (const auto& health :
       {UpkeepHealth{1, std::nullopt, std::nullopt, channels},
        UpkeepHealth{1, "pid 1", std::nullopt, channels}, UpkeepHealth{1, std::nullopt, "pid 2", channels}})
    EXPECT_NE(with(judge_upkeep(health), "no_daemon"), nullptr);
  EXPECT_NE(with(judge_upkeep({0, std::nullopt, std::nullopt, {}}), "no_notification"), nullptr);
}

}  // namespace
}  // namespace certmgr
