// SPDX-License-Identifier: MIT
#include "certmgr/domain/identity_check.h"

#include <gmock/gmock.h>

#include <functional>

#include "organization_builder.h"

namespace certmgr {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using ::testing::HasSubstr;

Instant at(const char* text) { return *parse_rfc3339(text); }
const Instant kNow = at("2026-11-29T12:00:00Z");
const char* const kOrganizationOid = "2.5.4.10";

IdentityExpectation asked_for(CertificateLevel level) {
  IdentityExpectation expectation{.level = level};
  if (level == CertificateLevel::ov)
    expectation.subject = subject_of(testing::complete_record(), OrganizationLevel::ov);
  if (level == CertificateLevel::ev)
    expectation.subject = subject_of(testing::complete_record(), OrganizationLevel::ev);
  return expectation;
}

/// What a CA returns that did as it was asked.
ChainFacts issued(CertificateLevel level) {
  ChainFacts facts;
  facts.spki_sha256 = "aa";
  facts.identifiers = {{IdentifierType::dns, "pbx.example"}};
  facts.not_before = kNow - 1h;
  facts.not_after = facts.not_before + days(200) - 1s;
  facts.policies = {"1.3.6.1.4.1.6449.1.2.1.3.4", std::string(reserved_policy(level))};
  for (const auto& attribute : asked_for(level).subject)
    facts.subject.push_back({std::string(attribute.oid), attribute.value});
  facts.subject.push_back({"2.5.4.3", "pbx.example"});
  return facts;
}

IdentityVerdict judged(const ChainFacts& facts, CertificateLevel level) {
  return judge_identity(facts, {"aa", {{IdentifierType::dns, "pbx.example"}}}, asked_for(level), kNow);
}

void set(ChainFacts& facts, std::string_view oid, const char* value) {
  for (auto& attribute : facts.subject)
    if (attribute.oid == oid) attribute.value = value;
}
void drop(ChainFacts& facts, std::string_view oid) {
  std::erase_if(facts.subject, [&](const FoundAttribute& attribute) { return attribute.oid == oid; });
}

std::string told(const std::vector<IdentityFinding>& findings) {
  std::string text;
  for (const auto& finding : findings) text += finding.code + ": " + finding.why + "\n";
  return text;
}

TEST(IdentityCheck, WhatWasAskedIsCleanAtEveryLevel) {
  for (const auto level : {CertificateLevel::dv, CertificateLevel::ov, CertificateLevel::ev}) {
    const auto verdict = judged(issued(level), level);
    EXPECT_TRUE(verdict.clean()) << to_string(level) << "\n" << told(verdict.faults);
    EXPECT_EQ(told(verdict.warnings), "") << to_string(level);
    EXPECT_EQ(verdict.found, level);
    EXPECT_FALSE(verdict.placeholder());
  }
}

TEST(IdentityCheck, EveryOtherLevelIsSeen) {
  const std::initializer_list<CertificateLevel> ordered{CertificateLevel::dv, CertificateLevel::ov,
                                                        CertificateLevel::ev};
  for (const auto asked : ordered) {
    for (const auto came :
         {CertificateLevel::dv, CertificateLevel::iv, CertificateLevel::ov, CertificateLevel::ev}) {
      if (asked == came) continue;
      const auto verdict = judged(issued(came), asked);
      ASSERT_EQ(verdict.faults.size(), 1U)
          << to_string(asked) << " " << to_string(came) << told(verdict.faults);
      EXPECT_EQ(verdict.faults[0].code, "level_mismatch");
      EXPECT_THAT(verdict.faults[0].why, HasSubstr(std::string(to_string(came))));
      EXPECT_EQ(verdict.found, came);
      EXPECT_EQ(verdict.placeholder(), came < asked) << to_string(asked) << " " << to_string(came);
      EXPECT_TRUE(verdict.acceptable());
    }
  }
}

struct Difference {
  const char* name;
  CertificateLevel level;
  std::function<void(ChainFacts&)> make;
  const char* code;  // of the one fault; "": a warning
  const char* word;
};

const CertificateLevel kDv = CertificateLevel::dv;
const CertificateLevel kOv = CertificateLevel::ov;
const CertificateLevel kEv = CertificateLevel::ev;

TEST(IdentityCheck, EachDifferenceHasItsCode) {
  const Difference table[] = {
      {"another key", kOv, [](ChainFacts& f) { f.spki_sha256 = "bb"; }, "key_mismatch", "another key"},
      {"another name", kOv,
       [](ChainFacts& f) {
         f.identifiers.push_back({IdentifierType::dns, "z.example"});
       },
       "san_mismatch", "z.example"},
      {"no policy", kOv, [](ChainFacts& f) { f.policies.pop_back(); }, "policy_missing", "ov"},
      {"two levels", kOv, [](ChainFacts& f) { f.policies.push_back("2.23.140.1.2.1"); }, "level_mismatch",
       "dv and of ov"},
      {"a day too long", kOv, [](ChainFacts& f) { f.not_after += 1s; }, "validity_cap", "200 days"},
      {"for clients", kOv, [](ChainFacts& f) { f.server_auth = false; }, "usage_mismatch", "serverAuth"},
      {"another organization", kOv, [](ChainFacts& f) { set(f, kOrganizationOid, "Acme Holding GmbH"); },
       "subject_mismatch", "'Acme Holding GmbH', asked was 'Acme Telefonie GmbH'"},
      {"no organization", kOv, [](ChainFacts& f) { drop(f, kOrganizationOid); }, "subject_mismatch",
       "O 'Acme Telefonie GmbH' is missing"},
      {"two organizations", kOv,
       [](ChainFacts& f) {
         f.subject.push_back({kOrganizationOid, "Other"});
       },
       "subject_mismatch", "twice"},
      {"another country", kOv, [](ChainFacts& f) { set(f, "2.5.4.6", "AT"); }, "subject_mismatch",
       "C is 'AT'"},
      {"another locality", kOv, [](ChainFacts& f) { set(f, "2.5.4.7", "Hamburg"); }, "subject_mismatch",
       "Hamburg"},
      {"no place at all", kOv,
       [](ChainFacts& f) {
         drop(f, "2.5.4.7");
         drop(f, "2.5.4.8");
       },
       "subject_mismatch", "neither"},
      {"locality left out", kOv, [](ChainFacts& f) { drop(f, "2.5.4.7"); }, "", "L 'Berlin' is missing"},
      {"a unit", kOv,
       [](ChainFacts& f) {
         f.subject.push_back({"2.5.4.11", "IT"});
       },
       "subject_mismatch", "2.5.4.11"},
      {"a person", kOv,
       [](ChainFacts& f) {
         f.subject.push_back({"2.5.4.42", "Ada"});
       },
       "subject_mismatch", "2.5.4.42"},
      {"a placeholder", kOv,
       [](ChainFacts& f) {
         f.subject.push_back({"2.5.4.9", "-"});
       },
       "subject_mismatch", "2.5.4.9"},
      {"a street", kOv,
       [](ChainFacts& f) {
         f.subject.push_back({"2.5.4.9", "Musterstr. 1"});
       },
       "", "not asked for"},
      {"a common name of its own", kOv, [](ChainFacts& f) { set(f, "2.5.4.3", "Acme"); }, "subject_mismatch",
       "CN 'Acme'"},
      {"no common name", kOv, [](ChainFacts& f) { drop(f, "2.5.4.3"); }, nullptr, ""},
      {"spaces", kOv, [](ChainFacts& f) { set(f, kOrganizationOid, " Acme \u00a0Telefonie  GmbH"); }, nullptr,
       ""},
      {"capitals", kOv, [](ChainFacts& f) { set(f, kOrganizationOid, "ACME Telefonie GmbH"); }, "",
       "ACME Telefonie"},
      {"legal form written out", kOv,
       [](ChainFacts& f) {
         set(f, kOrganizationOid, "Acme Telefonie Gesellschaft mit beschränkter Haftung");
       },
       "", "Haftung"},
      {"no category", kEv, [](ChainFacts& f) { drop(f, "2.5.4.15"); }, "subject_mismatch",
       "businessCategory"},
      {"another number", kEv, [](ChainFacts& f) { set(f, "2.5.4.5", "HRB 54321"); }, "subject_mismatch",
       "HRB 54321"},
      {"another register", kEv, [](ChainFacts& f) { set(f, "1.3.6.1.4.1.311.60.2.1.3", "AT"); },
       "subject_mismatch", "jurisdictionC"},
      {"register not named", kEv, [](ChainFacts& f) { drop(f, "1.3.6.1.4.1.311.60.2.1.1"); },
       "subject_mismatch", "jurisdictionL"},
      {"more than EV may say", kEv,
       [](ChainFacts& f) {
         f.subject.push_back({"2.5.4.12", "Boss"});
       },
       "subject_mismatch", "EV must not"},
      {"more than was asked, at OV", kOv,
       [](ChainFacts& f) {
         f.subject.push_back({"2.5.4.12", "Boss"});
       },
       "", "2.5.4.12"},
      {"an identifier of the CA's choice", kEv,
       [](ChainFacts& f) {
         f.subject.push_back({"2.5.4.97", "NTRDE-HRB 12345"});
       },
       "", "2.5.4.97"},
      {"an organization at DV", kDv,
       [](ChainFacts& f) {
         f.subject.push_back({kOrganizationOid, "Acme"});
       },
       "subject_mismatch", "DV must not"},
      {"a country at DV", kDv,
       [](ChainFacts& f) {
         f.subject.push_back({"2.5.4.6", "DE"});
       },
       "", "2.5.4.6"},
  };
  for (const auto& each : table) {
    auto facts = issued(each.level);
    each.make(facts);
    const auto verdict = judged(facts, each.level);
    const bool fault = each.code != nullptr && *each.code != '\0';
    EXPECT_EQ(verdict.clean(), !fault) << each.name << "\n" << told(verdict.faults);
    if (each.code == nullptr) {
      EXPECT_EQ(told(verdict.warnings), "") << each.name;
      continue;
    }
    const auto& findings = fault ? verdict.faults : verdict.warnings;
    ASSERT_FALSE(findings.empty()) << each.name;
    EXPECT_EQ(findings[0].code, fault ? each.code : "subject_mismatch") << each.name;
    EXPECT_THAT(told(findings), HasSubstr(each.word)) << each.name;
  }
}

TEST(IdentityCheck, ARecordThatWasChangedMeanwhileIsAFault) {
  auto identity = asked_for(CertificateLevel::ov);
  const auto judge = [&] {
    return judge_identity(issued(CertificateLevel::ov), {"aa", {{IdentifierType::dns, "pbx.example"}}},
                          identity, kNow);
  };
  identity.today = identity.subject;
  for (auto& attribute : identity.today)
    if (attribute.oid == kOrganizationOid) attribute.value = "Bonn GmbH";
  const auto renamed = judge();
  ASSERT_EQ(renamed.faults.size(), 1U) << told(renamed.faults);
  EXPECT_EQ(renamed.faults[0].code, "organization_changed");
  EXPECT_THAT(renamed.faults[0].why, HasSubstr("O 'Bonn GmbH' instead of '"));
  EXPECT_TRUE(renamed.acceptable()) << "a person may know better";
  EXPECT_FALSE(renamed.placeholder());

  identity.today = {{"C", "2.5.4.6", identity.subject.front().value}};
  EXPECT_THAT(judge().faults[0].why, HasSubstr("it says less than before"));
  identity.today.clear();
  EXPECT_TRUE(judge().clean());
}

TEST(IdentityCheck, SomeFaultsNobodyCanAccept) {
  const struct {
    std::function<void(ChainFacts&)> make;
    bool acceptable;
  } table[] = {
      {[](ChainFacts& f) { f.spki_sha256 = "bb"; }, false},
      {[](ChainFacts& f) { f.broken_link = "position 1"; }, false},
      {[](ChainFacts& f) { f.not_after = kNow; }, false},
      {[](ChainFacts& f) { f.server_auth = false; }, false},
      {[](ChainFacts& f) { set(f, kOrganizationOid, "Other"); }, true},
      {[](ChainFacts& f) { f.not_after += days(10); }, true},
      {[](ChainFacts& f) { f.policies.clear(); }, true},
  };
  for (const auto& each : table) {
    auto facts = issued(kOv);
    each.make(facts);
    const auto verdict = judged(facts, kOv);
    ASSERT_FALSE(verdict.clean());
    EXPECT_EQ(verdict.acceptable(), each.acceptable) << told(verdict.faults);
  }
}

TEST(IdentityCheck, APlaceholderIsRightInEverythingElse) {
  auto other_name = issued(kDv);
  other_name.identifiers = {{IdentifierType::dns, "other.example"}};
  EXPECT_FALSE(judged(other_name, kOv).placeholder());
  auto malformed = issued(kDv);
  malformed.subject.push_back({kOrganizationOid, "Acme Telefonie GmbH"});
  const auto verdict = judged(malformed, kOv);
  EXPECT_FALSE(verdict.placeholder());
  EXPECT_THAT(told(verdict.faults), HasSubstr("yet it names an organization"));
}

TEST(IdentityCheck, APrivateCaIsHeldToNamesKeyAndSubjectOnly) {
  auto facts = issued(kOv);
  facts.policies.clear();
  facts.not_after = facts.not_before + days(3650);
  auto expectation = asked_for(kOv);
  expectation.public_rules = false;
  const Expectation names{"aa", {{IdentifierType::dns, "pbx.example"}}};
  EXPECT_TRUE(judge_identity(facts, names, expectation, kNow).clean());
  set(facts, kOrganizationOid, "Other");
  EXPECT_EQ(judge_identity(facts, names, expectation, kNow).faults.at(0).code, "subject_mismatch");
}

TEST(IdentityCheck, APrivateCaMayNameWhomItLikesWhereNobodyAsked) {
  auto facts = issued(kOv);
  facts.policies.clear();
  facts.subject.push_back({"2.5.4.11", "Sales"});
  const Expectation names{"aa", {{IdentifierType::dns, "pbx.example"}}};
  EXPECT_TRUE(judge_identity(facts, names, {.level = kDv, .public_rules = false}, kNow).clean());
  EXPECT_FALSE(judge_identity(facts, names, {.level = kDv}, kNow).clean()) << "a public one may not";
}

TEST(CertificateLevel, WordsAndPoliciesAreReadBack) {
  for (const auto level : {kDv, CertificateLevel::iv, kOv, kEv}) {
    EXPECT_EQ(parse_certificate_level(to_string(level)), level);
    EXPECT_THAT(levels_named({"1.2.3", std::string(reserved_policy(level))}), ::testing::ElementsAre(level));
  }
  EXPECT_EQ(reserved_policy(kDv), "2.23.140.1.2.1");
  EXPECT_EQ(reserved_policy(kOv), "2.23.140.1.2.2");
  EXPECT_EQ(reserved_policy(kEv), "2.23.140.1.1");
  EXPECT_EQ(parse_certificate_level("OV"), std::nullopt);
  EXPECT_EQ(certificate_level(OrganizationLevel::ev), kEv);
  EXPECT_EQ(certificate_level(OrganizationLevel::ov), kOv);
}

TEST(IdentityCheck, ALongerLifeThanWasApprovedIsAFault) {
  for (const auto level : {CertificateLevel::ov, CertificateLevel::ev}) {
    Expectation asked{"aa", {{IdentifierType::dns, "pbx.example"}}, {}, ValidityBound(Duration(days(20)))};
    const auto verdict = judge_identity(issued(level), asked, asked_for(level), kNow);
    ASSERT_EQ(verdict.faults.size(), 1U) << told(verdict.faults);
    EXPECT_EQ(verdict.faults[0].code, "validity_longer");
    EXPECT_THAT(verdict.faults[0].why, HasSubstr("20 d were asked for"));
    EXPECT_TRUE(verdict.acceptable()) << "people may decide otherwise";
    asked.not_after = ValidityBound(Duration(days(200)));
    EXPECT_TRUE(judge_identity(issued(level), asked, asked_for(level), kNow).clean());
  }
}

TEST(IdentityCheck, APlaceholderIsNotHeldToTheLifeThatWasApproved) {
  const Expectation asked{
      "aa", {{IdentifierType::dns, "pbx.example"}}, {}, ValidityBound(Duration(days(20)))};
  EXPECT_TRUE(judge_identity(issued(CertificateLevel::dv), asked, asked_for(CertificateLevel::ov), kNow)
                  .placeholder());
}

}  // namespace
}  // namespace certmgr
