// SPDX-License-Identifier: MIT
#include "certmgr/domain/organization_check.h"

#include <gmock/gmock.h>

#include <fstream>
#include <functional>

#include "domain/characters.h"
#include "domain/country_code.h"
#include "domain/register_numbers.h"
#include "unit/domain/organization_builder.h"

namespace certmgr {
namespace {

using testing::complete_record;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Record = OrganizationRecord;

const Day kToday = *parse_day("2026-11-24");

std::vector<std::string> fields(const std::vector<OrganizationFinding>& findings) {
  std::vector<std::string> names;
  for (const auto& finding : findings) names.push_back(finding.field);
  return names;
}

OrganizationFindings check(const Record& record, OrganizationLevel level = OrganizationLevel::ov) {
  return check_organization(record, level, kToday);
}

TEST(OrganizationCheck, HasNothingToSayAboutACompleteRecord) {
  for (const auto level : {OrganizationLevel::ov, OrganizationLevel::ev}) {
    const auto found = check(complete_record(), level);
    EXPECT_THAT(fields(found.faults), IsEmpty());
    EXPECT_THAT(fields(found.warnings), IsEmpty());
  }
}

struct Case {
  const char* name;
  std::function<void(Record&)> spoil;
  const char* field;
  const char* word;  // in reason or hint
};

void expect_one_fault(const Case& each, OrganizationLevel level) {
  Record record = complete_record();
  each.spoil(record);
  const auto found = check(record, level);
  ASSERT_THAT(fields(found.faults), ElementsAre(each.field)) << each.name;
  const Trouble& trouble = found.faults[0].trouble;
  EXPECT_EQ(trouble.code, "bad_organization");
  EXPECT_EQ(trouble.kind, TroubleKind::usage);
  EXPECT_THAT(trouble.message() + " | " + trouble.hint, HasSubstr(each.word)) << each.name;
  EXPECT_FALSE(trouble.hint.empty()) << each.name;
}

TEST(OrganizationCheck, FindsEachFault) {
  const Case table[] = {
      {"name", [](Record& r) { r.name = "../acme"; }, "name", "not allowed"},
      {"no legal name", [](Record& r) { r.legal_name = ""; }, "legal_name", "is missing"},
      {"long", [](Record& r) { r.legal_name = std::string(65, 'a'); }, "legal_name", "abbreviation"},
      {"far too long", [](Record& r) { r.legal_name = std::string(257, 'a'); }, "legal_name", "at most 256"},
      {"trade name", [](Record& r) { r.assumed_name = std::string(50, 'x'); }, "assumed_name", "64"},
      {"dash", [](Record& r) { r.address_street = "-"; }, "address.street", "stands for no value"},
      {"dot", [](Record& r) { r.address_state = "."; }, "address.state", "stands for no value"},
      {"space", [](Record& r) { r.address_locality = " "; }, "address.locality", "stands for no value"},
      {"n/a", [](Record& r) { r.agency = "N/A"; }, "agency", "stands for no value"},
      {"openssl", [](Record& r) { r.address_state = "Some-State"; }, "address.state", "stands for no value"},
      {"padded", [](Record& r) { r.address_state = "Berlin "; }, "address.state", "remove the space"},
      {"two lines", [](Record& r) { r.legal_name = "Acme\nGmbH"; }, "legal_name", "one line"},
      {"C1", [](Record& r) { r.legal_name = "Acme\u0085GmbH"; }, "legal_name", "one line"},
      {"latin-1", [](Record& r) { r.legal_name = "M\xfcller"; }, "legal_name", "UTF-8"},
      {"overlong", [](Record& r) { r.agency = "a\xc0\xaf"; }, "agency", "UTF-8"},
      {"surrogate", [](Record& r) { r.agency = "a\xed\xa0\x80"; }, "agency", "UTF-8"},
      {"no country", [](Record& r) { r.address_country = ""; }, "address.country", "is missing"},
      {"UK", [](Record& r) { r.address_country = "UK"; }, "address.country", "GB"},
      {"small", [](Record& r) { r.address_country = "de"; }, "address.country", "capitals: DE"},
      {"a word", [](Record& r) { r.address_country = "Germany"; }, "address.country", "two capital letters"},
      {"no such", [](Record& r) { r.address_country = "ZZ"; }, "address.country", "ISO 3166-1"},
      {"registered in XX", [](Record& r) { r.jurisdiction_country = "XX"; }, "jurisdiction.country", "XX"},
      {"neither", [](Record& r) { r.address_state = r.address_locality = ""; }, "address.locality",
       "at least one"},
      {"category", [](Record& r) { r.category = "company"; }, "category", "private-organization"},
      {"day", [](Record& r) { r.registration_date = "2026-02-30"; }, "registration_date", "YYYY-MM-DD"},
      {"tomorrow", [](Record& r) { r.registration_date = "2026-11-25"; }, "registration_date", "future"},
      {"jurisdiction", [](Record& r) { r.jurisdiction_country = ""; }, "jurisdiction.country",
       "missing beside"},
      {"identifier", [](Record& r) { r.organization_identifier = "12345"; }, "organization_identifier",
       "NTRDE-NUMBER"},
      {"other country", [](Record& r) { r.organization_identifier = "NTRFR-1"; }, "organization_identifier",
       "country of registration"},
      {"phone", [](Record& r) { r.phone = "030 1234567"; }, "phone", "+49"},
      {"lei", [](Record& r) { r.lei = "529900T8BM49AURSDO56"; }, "lei", "check digits"},
      {"duns", [](Record& r) { r.duns = "12345678"; }, "duns", "nine digits"},
      {"nobody", [](Record& r) { r.contacts[0].name = ""; }, "contacts[0].name", "name the person"},
      {"unreachable", [](Record& r) { r.contacts[0].email = ""; }, "contacts[0].email", "at least one"},
      {"mail", [](Record& r) { r.contacts[0].email = "ada"; }, "contacts[0].email", "name@example.com"},
      {"role",
       [](Record& r) {
         r.contacts[0].roles = {"aprover", "contract_signer"};
       },
       "contacts[0].roles", "did you mean 'approver'?"},
      {"role twice", [](Record& r) { r.contacts[0].roles.emplace_back("approver"); }, "contacts[0].roles",
       "twice"},
      {"authority", [](Record& r) { r.contacts[0].authority_collected_at = "soon"; },
       "contacts[0].authority_collected_at", "YYYY-MM-DD"},
      {"authority ahead", [](Record& r) { r.contacts[0].authority_collected_at = "2027-01-01"; },
       "contacts[0].authority_collected_at", "future"},
      {"crowd", [](Record& r) { r.contacts.resize(51, r.contacts[0]); }, "contacts", "more than 50"},
  };
  for (const auto& each : table) expect_one_fault(each, OrganizationLevel::ov);
}

TEST(OrganizationCheck, EvNeedsMore) {
  const Case table[] = {
      {"category", [](Record& r) { r.category = ""; }, "category", "EV needs it"},
      {"number", [](Record& r) { r.registration_number = ""; }, "registration_number", "registration_date"},
      {"jurisdiction",
       [](Record& r) { r.jurisdiction_country = r.jurisdiction_state = r.jurisdiction_locality = ""; },
       "jurisdiction.country", "EV needs it"},
  };
  for (const auto& each : table) {
    expect_one_fault(each, OrganizationLevel::ev);
    Record record = complete_record();
    each.spoil(record);
    EXPECT_TRUE(check(record).sound()) << "not for OV: " << each.name;
  }
  Record dated = complete_record();
  dated.registration_number = "";
  dated.registration_date = "1998-03-01";
  EXPECT_TRUE(check(dated, OrganizationLevel::ev).sound()) << "the day stands for the number";
}

TEST(OrganizationCheck, FindsAllAtOnceInTheOrderOfTheFields) {
  Record record;
  record.name = "acme";
  record.address_country = "UK";
  record.phone = "1";
  const auto found = check(record, OrganizationLevel::ev);
  EXPECT_THAT(fields(found.faults), ElementsAre("legal_name", "address.country", "address.locality", "phone",
                                                "category", "registration_number", "jurisdiction.country"));
  const auto together = all_findings("cannot add organization acme", found.faults);
  EXPECT_EQ(together.what, "cannot add organization acme");
  EXPECT_THAT(together.why, HasSubstr("7 faults; first, 'legal_name' is missing"));
  for (const auto& fault : found.faults) EXPECT_THAT(together.detail, HasSubstr(fault.trouble.why));
}

TEST(OrganizationCheck, WarnsOfWhatACaWillAsk) {
  struct Warning {
    const char* name;
    std::function<void(Record&)> change;
    const char* field;
  };
  const Warning table[] = {
      {"agency", [](Record& r) { r.agency = ""; }, "agency"},
      {"street", [](Record& r) { r.address_street = ""; }, "address.street"},
      {"phone", [](Record& r) { r.phone = r.phone_listed_at = ""; }, "phone"},
      {"listed", [](Record& r) { r.phone_listed_at = ""; }, "phone_listed_at"},
      {"depth", [](Record& r) { r.jurisdiction_state = ""; }, "jurisdiction.locality"},
      {"US",
       [](Record& r) { r.jurisdiction_country = "US", r.jurisdiction_state = r.jurisdiction_locality = ""; },
       "jurisdiction.state"},
      {"no approver", [](Record& r) { r.contacts[0].roles = {"contract_signer"}; }, "contacts"},
      {"no signer", [](Record& r) { r.contacts[0].roles = {"approver"}; }, "contacts"},
      {"old authority", [](Record& r) { r.contacts[0].authority_collected_at = "2025-10-22"; },
       "contacts[0].authority_collected_at"},
      {"past authority", [](Record& r) { r.contacts[0].authority_until = "2026-11-23"; },
       "contacts[0].authority_until"},
  };
  for (const auto& each : table) {
    Record record = complete_record();
    each.change(record);
    const auto found = check(record, OrganizationLevel::ev);
    EXPECT_THAT(fields(found.faults), IsEmpty()) << each.name;
    EXPECT_THAT(fields(found.warnings), ElementsAre(each.field)) << each.name;
  }
  Record standing = complete_record();
  standing.contacts[0].authority_collected_at = "2020-01-01";
  standing.contacts[0].contract_ref = "MSA 2020-17";
  EXPECT_THAT(check(standing, OrganizationLevel::ev).warnings, IsEmpty()) << "a contract does not age";
}

TEST(OrganizationCheck, CountsCharactersNotOctets) {
  Record record = complete_record();
  record.legal_name.clear();
  for (int i = 0; i < 64; ++i) record.legal_name += "ü";
  EXPECT_TRUE(check(record).sound());
  EXPECT_EQ(count_characters("a\u00fc\u4e2d\U0001f600"), 4U);
  record.legal_name += "ü";
  EXPECT_FALSE(check(record).sound());
  record.abbreviation = "Ü GmbH";
  EXPECT_TRUE(check(record).sound());
}

TEST(OrganizationCheck, WhatLooksLikeAPlaceholderMayBeAName) {
  for (const char* name : {"NA", "X", "Nil Telecom", "42", "中"}) EXPECT_FALSE(is_placeholder(name)) << name;
  for (const char* none : {"--", "...", "_", "?", "NONE", "Unknown", "- -"})
    EXPECT_TRUE(is_placeholder(none)) << none;
}

TEST(CountryCode, KnowsExactlyThoseOfTheTimeZoneDatabase) {
  std::ifstream file("/usr/share/zoneinfo/iso3166.tab");
  if (!file) GTEST_SKIP() << "package tzdata is not installed: nothing to compare with";
  int count = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    EXPECT_TRUE(is_country_code(line.substr(0, 2))) << line;
    ++count;
  }
  int known = 0;
  for (char a = 'A'; a <= 'Z'; ++a)
    for (char b = 'A'; b <= 'Z'; ++b) known += is_country_code(std::string{a, b}) ? 1 : 0;
  EXPECT_EQ(known, count);
  for (const char* bad : {"", "D", "de", "E ", " A", "DEU"}) EXPECT_FALSE(is_country_code(bad)) << bad;
}

TEST(RegisterNumbers, KnowTheirForms) {
  for (const char* good : {"NTRDE-HRB 12345", "NTRUS+CA-C1234567", "NTRGB-12345678", "VATEL-123456789",
                           "VATDE-123456789", "PSDBE-NBB-1234.567.890"})
    EXPECT_TRUE(parse_organization_identifier(good)) << good;
  for (const char* bad : {"", "NTRDE", "NTRDE-", "NTREL-1", "NTRDE--", "XXXDE-1", "ntrde-1", "VATUS+CA-1",
                          "NTRUS+-1", "NTRUS+cal-1", "PSDBE-1234", "PSDBE-N-1", "PSDBE-NBB-", "NTRDE-1 "})
    EXPECT_FALSE(parse_organization_identifier(bad)) << bad;
  EXPECT_EQ(parse_organization_identifier("PSDBE-NBB-12")->authority, "NBB");
  EXPECT_EQ(parse_organization_identifier("NTRUS+CA-C1")->state, "CA");
  EXPECT_TRUE(is_lei("529900T8BM49AURSDO55"));
  for (const char* bad : {"", "529900T8BM49AURSDO5", "529900t8bm49aursdo55", "529900T8BM49AURSDOAB"})
    EXPECT_FALSE(is_lei(bad)) << bad;
  EXPECT_TRUE(is_duns("12-345-6789"));
  for (const char* bad : {"", "1-2345-6789", "12345678a", "12-345-678-"}) EXPECT_FALSE(is_duns(bad)) << bad;
}

}  // namespace
}  // namespace certmgr
