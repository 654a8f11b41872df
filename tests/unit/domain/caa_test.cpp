// SPDX-License-Identifier: MIT
#include "certmgr/domain/caa.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace certmgr {
namespace {

using ::testing::HasSubstr;

const std::string kAccount = "https://ca.test/acct/1";

struct Case {
  const char* name;
  std::vector<CaaRecord> records;
  bool allowed;
  bool wildcard = false;
  std::string method = "dns-01";
  std::string account = kAccount;
};

class CaaTable : public ::testing::TestWithParam<Case> {};

TEST_P(CaaTable, IsJudged) {
  const auto& c = GetParam();
  const auto judged = judge_caa(
      {c.records.empty() ? "" : "example.test", c.records},
      {c.wildcard ? "*.example.test" : "example.test", {"ca.test", "CA-Alias.test"}, c.account, c.method});
  EXPECT_EQ(judged.has_value(), c.allowed) << (judged ? "" : judged.error().message());
  if (judged) return;
  EXPECT_EQ(judged.error().code, "caa_forbids");
  EXPECT_EQ(judged.error().kind, TroubleKind::permanent);
  EXPECT_THAT(judged.error().detail, HasSubstr("example.test. CAA"));
  EXPECT_FALSE(judged.error().hint.empty());
}

CaaRecord issue(const std::string& value) { return {0, "issue", value}; }
CaaRecord wild(const std::string& value) { return {0, "issuewild", value}; }

INSTANTIATE_TEST_SUITE_P(
    Rfc8659, CaaTable,
    ::testing::Values(
        Case{"NoRecords", {}, true}, Case{"Named", {issue("ca.test")}, true},
        Case{"NamedInAnyCase", {issue(" Ca.TEST ; ")}, true},
        Case{"NamedByAnotherName", {issue("ca-alias.test")}, true},
        Case{"AnotherCa", {issue("other.test")}, false},
        Case{"OneOfSeveral", {issue("other.test"), issue("ca.test")}, true},
        Case{"Nobody", {issue(";")}, false}, Case{"NobodyByAnEmptyText", {issue("")}, false},
        Case{"NotReadable", {issue("ca test")}, false},
        Case{"NotReadableParameter", {issue("ca.test; x")}, false},
        Case{"NotADomain", {issue("-ca.test")}, false},
        Case{"OnlyAMailAddress", {{0, "iodef", "mailto:a@b.test"}}, true},
        Case{"UnknownTag", {{0, "future", "x"}}, true},
        Case{"UnknownCriticalTag", {issue("ca.test"), {128, "future", "x"}}, false},
        Case{"KnownCriticalTag", {{128, "issue", "ca.test"}}, true},
        Case{"UnknownParameter", {issue("ca.test; policy=ev")}, true},
        Case{"WildcardByIssue", {issue("ca.test")}, true, true},
        Case{"WildcardByIssuewild", {issue("other.test"), wild("ca.test")}, true, true},
        Case{"WildcardNotByIssueBesideIssuewild", {issue("ca.test"), wild("other.test")}, false, true},
        Case{"WildcardForbidden", {issue("ca.test"), wild(";")}, false, true},
        Case{"IssuewildIsNothingToOthers", {wild("other.test")}, true},
        Case{"IssuewildAloneForOthers", {issue("ca.test"), wild(";")}, true}),
    [](const auto& each) { return std::string(each.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Rfc8657, CaaTable,
    ::testing::Values(
        Case{"Account", {issue("ca.test; accounturi=https://ca.test/acct/1")}, true},
        Case{"OtherAccount", {issue("ca.test; accounturi=https://ca.test/acct/2")}, false},
        Case{"AccountInOtherCase", {issue("ca.test; accounturi=https://ca.test/ACCT/1")}, false},
        Case{"AccountTwice",
             {issue("ca.test; accounturi=https://ca.test/acct/1; accounturi=https://ca.test/acct/1")},
             false},
        Case{"AccountUnknownYet", {issue("ca.test; accounturi=https://ca.test/acct/1")}, true, false, "", ""},
        Case{"AccountEmpty", {issue("ca.test; accounturi=")}, false, false, "", ""},
        Case{"TwoRecordsForTwoAccounts",
             {issue("ca.test; accounturi=https://ca.test/acct/2"),
              issue("ca.test; accounturi=https://ca.test/acct/1")},
             true},
        Case{"Method", {issue("ca.test; validationmethods=http-01,dns-01")}, true},
        Case{"OtherMethod", {issue("ca.test; validationmethods=http-01")}, false},
        Case{"MethodTwice", {issue("ca.test; validationmethods=dns-01; validationmethods=dns-01")}, false},
        Case{"NoMethod", {issue("ca.test; validationmethods=")}, false},
        Case{"MethodNotReadable", {issue("ca.test; validationmethods=dns-01,$x")}, false},
        Case{"MethodNotChosen", {issue("ca.test; validationmethods=http-01")}, true, false, ""},
        Case{"AccountAndMethod",
             {issue("ca.test; accounturi=https://ca.test/acct/1; validationmethods=dns-01")},
             true},
        Case{"MethodOfTheOtherAccount",
             {issue("ca.test; accounturi=https://ca.test/acct/1; validationmethods=http-01"),
              issue("ca.test; accounturi=https://ca.test/acct/2; validationmethods=dns-01")},
             false}),
    [](const auto& each) { return std::string(each.param.name); });

TEST(Caa, SaysWhichRecordToAdd) {
  const auto judged =
      judge_caa({"example.test", {issue("other.test")}}, {"www.example.test", {"ca.test"}, "", ""});
  EXPECT_THAT(judged.error().hint, HasSubstr("example.test. CAA 0 issue \"ca.test\""));
  EXPECT_EQ(judged.error().detail, "example.test. CAA 0 issue \"other.test\"");
}

TEST(Caa, WhatStandsInAZoneDoesNotReachTheTerminal) {
  const auto judged = judge_caa({"example.test", {issue("\x1b[2J")}}, {"example.test", {"ca.test"}, "", ""});
  EXPECT_EQ(judged.error().detail.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace certmgr
