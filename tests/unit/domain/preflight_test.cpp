// SPDX-License-Identifier: MIT
#include "certmgr/domain/preflight.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace certmgr {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

const Identifier kName{IdentifierType::dns, "pbx.example.test"};
const Identifier kWild{IdentifierType::dns, "*.example.test"};
const ChallengeSettings kHttp{ChallengeType::http_01, "", "[::]:80"};
const ChallengeSettings kDns{ChallengeType::dns_01, "", "", "bind"};
const CaFacts kCa{"ca", {"ca.test"}, "https://ca.test/acct/1", std::nullopt};

CaaSet records(const std::vector<std::string>& values, const std::string& tag = "issue") {
  CaaSet set{"example.test", {}};
  for (const auto& value : values) set.records.push_back({0, tag, value});
  return set;
}

Trouble dns_trouble(const std::string& code) {
  return {
      .kind = TroubleKind::transient, .code = code, .what = "cannot look up", .why = "SERVFAIL", .hint = "x"};
}

struct CaaCase {
  const char* name;
  Result<CaaSet> found;
  Severity severity;
  std::string code = {};
  std::vector<ChallengeSettings> ways = {kHttp};
  std::optional<CaFacts> ca = kCa;
  std::optional<DnssecState> dnssec = {};
  Identifier identifier = kName;
};

void PrintTo(const CaaCase& c, std::ostream* out) { *out << c.name; }

class CaaFindings : public ::testing::TestWithParam<CaaCase> {};

TEST_P(CaaFindings, AreAsGraveAsWhatTheCaWillDo) {
  const auto& c = GetParam();
  NameFacts name{.identifier = c.identifier, .caa = c.found, .dnssec = c.dnssec};
  const auto finding = judge_name_caa(name, c.ways, c.ca);
  ASSERT_TRUE(finding);
  EXPECT_EQ(to_string(finding->severity), to_string(c.severity)) << finding->message();
  EXPECT_EQ(finding->code, c.code);
  EXPECT_EQ(finding->subject, c.identifier.value);
  EXPECT_EQ(finding->hint.empty(), c.severity == Severity::ok);
}

const std::string kOnlyDns = "ca.test; validationmethods=dns-01";

INSTANTIATE_TEST_SUITE_P(
    Preflight, CaaFindings,
    ::testing::Values(
        CaaCase{"NoRecords", CaaSet{}, Severity::ok}, CaaCase{"Named", records({"ca.test"}), Severity::ok},
        CaaCase{"OtherCa", records({"other.test"}), Severity::problem, "caa_forbids"},
        CaaCase{"Nobody", records({";"}), Severity::problem, "caa_forbids"},
        CaaCase{"OtherAccount", records({"ca.test; accounturi=https://ca.test/acct/2"}), Severity::problem,
                "caa_forbids"},
        CaaCase{"OurAccount", records({"ca.test; accounturi=https://ca.test/acct/1"}), Severity::ok},
        CaaCase{"NoAccountYet",
                records({"ca.test; accounturi=https://ca.test/acct/2"}),
                Severity::ok,
                "",
                {kHttp},
                CaFacts{"ca", {"ca.test"}, "", std::nullopt}},
        CaaCase{"MethodOfTheOnlyWay", records({kOnlyDns}), Severity::problem, "caa_forbids"},
        CaaCase{"MethodOfTheOnlyWayThatProvesIt",
                records({"ca.test; validationmethods=http-01"}),
                Severity::problem,
                "caa_forbids",
                {kHttp, kDns},
                kCa,
                {},
                kWild},
        CaaCase{"MethodOfAnotherWay", records({kOnlyDns}), Severity::warning, "caa_forbids", {kHttp, kDns}},
        CaaCase{"IssuewildForAWildcard",
                records({"other.test"}, "issuewild"),
                Severity::problem,
                "caa_forbids",
                {kDns},
                kCa,
                {},
                kWild},
        CaaCase{"IssuewildForAName", records({"other.test"}, "issuewild"), Severity::ok},
        CaaCase{"CaUnreachable",
                records({"other.test"}),
                Severity::warning,
                "caa_unknown",
                {kHttp},
                std::nullopt},
        CaaCase{"CaTellsNoNames",
                records({"other.test"}),
                Severity::warning,
                "caa_unknown",
                {kHttp},
                CaFacts{"ca", {}, "", std::nullopt}},
        CaaCase{"NothingAboutIssuing",
                records({"mailto:a@b.test"}, "iodef"),
                Severity::ok,
                "",
                {kHttp},
                std::nullopt},
        CaaCase{"NoAnswer", fail(dns_trouble("dns_no_answer")), Severity::warning, "dns_no_answer"},
        CaaCase{"ServersFail", fail(dns_trouble("dns_failed")), Severity::warning, "dns_failed"},
        CaaCase{"Bogus",
                fail(dns_trouble("dns_failed")),
                Severity::problem,
                "dnssec_bogus",
                {kHttp},
                kCa,
                DnssecState::bogus}),
    [](const auto& param) { return std::string(param.param.name); });

TEST(Preflight, WhatWasNotAskedIsNotJudged) {
  EXPECT_FALSE(judge_name_caa({.identifier = kName}, {kHttp}, kCa));
  EXPECT_FALSE(judge_addresses({.identifier = kName}, {"192.0.2.1"}));
  EXPECT_FALSE(judge_clock(kCa));
}

TEST(Preflight, ANameThatLeadsElsewhereIsAWarningAndBehindNatNotEvenThat) {
  struct Case {
    HostAddresses found;
    std::vector<std::string> own;
    Severity severity;
    std::string says;
  };
  const std::vector<std::string> host{"127.0.0.1", "192.0.2.1", "2001:db8::1"};
  for (const auto& c : {Case{{{"192.0.2.1"}, {"2001:db8::1"}}, host, Severity::ok, "leads here"},
                        Case{{{"192.0.2.1", "192.0.2.9"}, {}}, host, Severity::warning, "192.0.2.9"},
                        Case{{{"192.0.2.1"}, {"2001:db8::9"}}, host, Severity::warning, "2001:db8::9"},
                        Case{{{}, {}}, host, Severity::warning, "no A and no AAAA"},
                        Case{{{"192.0.2.9"}, {}}, {"127.0.0.1", "10.1.2.3"}, Severity::ok, "behind NAT"}}) {
    const auto finding = judge_addresses({.identifier = kName, .addresses = c.found}, c.own);
    ASSERT_TRUE(finding);
    EXPECT_EQ(finding->severity, c.severity) << finding->message();
    EXPECT_THAT(finding->message(), HasSubstr(c.says));
  }
}

TEST(Preflight, InternalAddressesAreThoseNoCaReaches) {
  for (const auto* inside : {"10.0.0.1", "172.16.0.1", "172.31.9.9", "192.168.1.1", "169.254.1.1",
                             "100.64.0.1", "127.0.0.1", "::1", "fe80::1", "fd00::1"})
    EXPECT_TRUE(is_internal_address(inside)) << inside;
  for (const auto* outside : {"192.0.2.1", "172.32.0.1", "100.128.0.1", "2001:db8::1", "nonsense"})
    EXPECT_FALSE(is_internal_address(outside)) << outside;
}

TEST(Preflight, AClockIsWarnedOfFromAMinuteOnAndStopsWhereCertificatesWouldNotHold) {
  struct Case {
    Duration ahead;
    Severity severity;
    std::string says;
  };
  for (const auto& c :
       {Case{30s, Severity::ok, ""}, Case{-59s, Severity::ok, ""}, Case{1min, Severity::warning, "ahead of"},
        Case{-5min, Severity::warning, "5 min behind"}, Case{-1h, Severity::problem, "behind"},
        Case{23h, Severity::warning, "ahead of"}, Case{24h, Severity::problem, "ahead of"}}) {
    CaFacts ca = kCa;
    ca.clock_ahead = c.ahead;
    const auto finding = judge_clock(ca);
    ASSERT_TRUE(finding);
    EXPECT_EQ(finding->severity, c.severity) << finding->message();
    EXPECT_THAT(finding->message(), HasSubstr(c.says));
  }
}

TEST(Preflight, AProofThatDoesNotComeBackIsAWarning) {
  NameFacts name{.identifier = kName};
  name.fetched = {{"192.0.2.1:80", std::nullopt}, {"[2001:db8::1]:80", dns_trouble("proof_not_seen")}};
  const auto findings = judge_fetches(name);
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].severity, Severity::ok);
  EXPECT_EQ(findings[1].severity, Severity::warning);
  EXPECT_EQ(judge_way({kHttp, dns_trouble("port_in_use")}).severity, Severity::warning);
}

TEST(Preflight, AddressesCountForListenersOnly) {
  CertificateSpec spec;
  spec.identifiers = {kName};
  spec.challenge = kDns;
  PreflightFacts facts;
  facts.names = {{.identifier = kName, .caa = CaaSet{}, .addresses = HostAddresses{}}};
  EXPECT_EQ(gravest(judge_preflight(spec, facts)), Severity::ok);
  spec.challenge = kHttp;
  EXPECT_EQ(gravest(judge_preflight(spec, facts)), Severity::warning);
}

}  // namespace
}  // namespace certmgr
