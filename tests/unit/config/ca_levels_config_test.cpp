// SPDX-License-Identifier: MIT
// What can be ordered at a CA: levels, and entries of their own for them.
#include <gmock/gmock.h>

#include <algorithm>

#include "certmgr/domain/ca_level.h"
#include "config/config.h"
#include "config/fleet_file.h"

namespace certmgr::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kCa = "[ca.own]\ndirectory = \"https://ca.example/dir\"\n";

std::vector<CaEntry> cas_of(const std::string& text) { return value_or_throw(parse(text, "t.toml")).cas; }

CaEntry entry(const std::vector<CaEntry>& cas, const std::string& name) {
  const auto found = std::find_if(cas.begin(), cas.end(), [&](const CaEntry& ca) { return ca.name == name; });
  if (found == cas.end()) throw std::runtime_error("there is no " + name);
  return *found;
}

TEST(CaLevelsConfig, ACaForOvAloneIsNobodysFallback) {
  const std::string entries = kCa +
                              "levels = [\"ov\"]\n[ca.both]\ndirectory = \"https://both.example/dir\"\n"
                              "levels = [\"dv\", \"ov\"]\n";
  const auto refused = parse("[defaults]\nfallback_cas = [\"both\", \"own\"]\n" + entries, "t.toml");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().why, HasSubstr("'own', which is for ov alone"));
  EXPECT_TRUE(parse("[defaults]\nfallback_cas = [\"both\"]\n" + entries, "t.toml"));
}

TEST(CaLevelsConfig, ACaIssuesDvByPublicRulesUnlessToldOtherwise) {
  const auto usual = entry(cas_of(kCa), "own");
  EXPECT_THAT(usual.levels, ElementsAre(CertificateLevel::dv));
  EXPECT_TRUE(usual.public_rules);
  EXPECT_FALSE(usual.placeholder_first);
  EXPECT_FALSE(usual.eab_once);
  const auto told = entry(cas_of(kCa + "levels = [\"ev\", \"dv\", \"ev\"]\nexpect_policy = \"none\"\n"
                                       "placeholder_first = true\neab_once = true"),
                          "own");
  EXPECT_THAT(told.levels, ElementsAre(CertificateLevel::dv, CertificateLevel::ev));
  EXPECT_FALSE(told.public_rules);
  EXPECT_TRUE(told.placeholder_first);
  EXPECT_TRUE(told.eab_once);
  EXPECT_TRUE(entry(cas_of(kCa + "expect_policy = \"public\""), "own").public_rules);
}

TEST(CaLevelsConfig, ATableOfALevelIsAnEntryThatInheritsWhatItDoesNotSay) {
  const auto cas = cas_of(kCa + R"(
key_type = "rsa-3072"
timeout = 7
expect_policy = "none"
limits = { orders = "3/1h", accounts = "2/1d" }
[ca.own.ov]
directory = "https://ca.example/ov"
profile = "org"
limits = { orders = "1/1h" }
[ca.own.ev]
eab_kid = "kid"
eab_hmac_file = "/etc/hmac"
)");
  const auto above = entry(cas, "own");
  EXPECT_THAT(above.levels, ElementsAre(CertificateLevel::dv));
  auto expected = above;
  expected.name = "own-ov";
  expected.levels = {CertificateLevel::ov};
  expected.directory = "https://ca.example/ov";
  expected.profile = {"org", true};
  expected.limits.rates[LimitKind::orders] = {1, std::chrono::hours(1)};
  EXPECT_EQ(entry(cas, "own-ov"), expected);
  expected = above;
  expected.name = "own-ev";
  expected.levels = {CertificateLevel::ev};
  expected.eab_kid = "kid";
  expected.eab_hmac_file = "/etc/hmac";
  expected.account = "own-ev";
  EXPECT_EQ(entry(cas, "own-ev"), expected) << "another external account there is another account";
}

TEST(CaLevelsConfig, AnExternalAccountOfItsOwnAtTheSameDirectoryIsAnAccountOfItsOwn) {
  const std::string eab = "eab_kid = \"k2\"\neab_hmac_file = \"/etc/hmac2\"\n";
  const std::vector<std::pair<std::string, std::string>> cases{
      {"profile = \"org\"", ""},
      {eab, "own-ov"},
      {eab + "account = \"firm\"", "firm"},
      {eab + "directory = \"https://ca.example/ov\"", ""},
      {"directory = \"https://ca.example/ov\"", ""}};
  for (const auto& [table, account] : cases) {
    std::string text = kCa;
    text.append("eab_kid = \"k1\"\neab_hmac_file = \"/etc/hmac\"\n[ca.own.ov]\n").append(table);
    EXPECT_EQ(entry(cas_of(text), "own-ov").account, account) << table;
  }
}

TEST(CaLevelsConfig, ALevelOfABuiltInCaInheritsFromIt) {
  const auto cas =
      cas_of("[ca.sslcom.ov]\neab_kid = \"kid\"\neab_hmac_file = \"/etc/hmac\"\naccount = \"firm\"");
  EXPECT_EQ(entry(cas, "sslcom-ov").directory, entry(cas, "sslcom").directory);
  EXPECT_EQ(entry(cas, "sslcom-ov").account, "firm");
  EXPECT_EQ(value_or_throw(entry_for_level(cas, "sslcom", CertificateLevel::ov)).name, "sslcom-ov");
}

TEST(CaLevelsConfig, TheFleetFileReadsTheSame) {
  const auto fleet =
      parse_fleet(kCa + "levels = [\"dv\", \"ov\"]\n[ca.own.ev]\nprofile = \"green\"", "f.toml");
  ASSERT_THAT(fleet.faults, ::testing::IsEmpty());
  ASSERT_EQ(fleet.cas.size(), 2U);
  EXPECT_THAT(fleet.cas[0].ca.levels, ElementsAre(CertificateLevel::dv, CertificateLevel::ov));
  EXPECT_EQ(fleet.cas[1].ca.name, "own-ev");
  EXPECT_EQ(fleet.cas[1].ca.profile.name, "green");
  const auto bad =
      parse_fleet(kCa + "[ca.own.ov]\nprofle = \"x\"\n[ca.other]\ndirectory = \"https://o/d\"", "f.toml");
  ASSERT_EQ(bad.faults.size(), 1U);
  EXPECT_THAT(bad.faults[0].why, HasSubstr("'profle' is not known in [ca.own.ov]"));
  ASSERT_EQ(bad.cas.size(), 2U);
  EXPECT_TRUE(bad.cas[0].sound) << "the other one";
  EXPECT_FALSE(bad.cas[1].sound);
}

TEST(CaLevelsConfig, RefusesWhatItCannotUse) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"levels = [\"iv\"]", "names 'iv', which is no level that can be ordered"},
      {"levels = [\"OV\"]", "names 'OV'"},
      {"levels = []", "names no level"},
      {"levels = \"ov\"", "is not a list"},
      {"expect_policy = \"private\"", "neither public nor none"},
      {"placeholder_first = \"yes\"", "neither true nor false"},
      {"eab_once = 1", "neither true nor false"},
      {"ov = 1", "is not a table"},
      {"[ca.own.dv]", "'dv' is not known in [ca.own]"},
      {"[ca.own.ov]\nlevels = [\"ov\"]", "'levels' is not known in [ca.own.ov]"},
      {"[ca.own.ov]\ndirectory = \"http://ca.example\"", "'directory' in [ca.own.ov] is not an https URL"},
      {"[ca.own.ev]\neab_kid = \"kid\"", "stands alone"},
      {"[ca.own.ov]\nlimits = { orders = \"many\" }", "in [ca.own.ov.limits] is 'many'"},
      {"levels = [\"ov\"]\n[ca.own.ov]", "stands beside levels, which names it too"},
      {"[ca.own.ov]\n[ca.own-ov]\ndirectory = \"https://ca.example/ov\"", "is what [ca.own-ov] is already"},
  };
  for (const auto& [text, why] : cases) {
    const auto refused = parse(kCa + text, "t.toml");
    ASSERT_FALSE(refused) << text;
    EXPECT_THAT(refused.error().why, HasSubstr(why)) << text;
    EXPECT_NE(refused.error().hint, "") << text;
  }
}

}  // namespace
}  // namespace certmgr::config
