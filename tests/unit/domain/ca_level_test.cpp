// SPDX-License-Identifier: MIT
#include "certmgr/domain/ca_level.h"

#include <gmock/gmock.h>

namespace certmgr {
namespace {

using ::testing::HasSubstr;
using Levels = std::vector<CertificateLevel>;

constexpr auto kDv = CertificateLevel::dv;
constexpr auto kOv = CertificateLevel::ov;
constexpr auto kEv = CertificateLevel::ev;

CaEntry ca(const std::string& name, Levels levels) {
  CaEntry entry;
  entry.name = name;
  entry.levels = std::move(levels);
  return entry;
}

const std::vector<CaEntry> kCas{ca("dv", {kDv}),       ca("both", {kDv, kOv}), ca("split", {kDv}),
                                ca("split-ov", {kOv}), ca("trap", {kDv}),      ca("trap-ov", {kDv}),
                                ca("own", {kEv}),      ca("own-ev", {kEv})};

TEST(CaLevel, IsOrderedAtTheCaItselfOrAtItsEntryForTheLevel) {
  struct Case {
    const char* ca;
    CertificateLevel level;
    const char* entry;  // or the code of the trouble
  };
  const std::vector<Case> cases{{"dv", kDv, "dv"},
                                {"dv", kOv, "level_not_offered"},
                                {"both", kOv, "both"},
                                {"both", kEv, "level_not_offered"},
                                {"split", kDv, "split"},
                                {"split", kOv, "split-ov"},
                                {"split-ov", kOv, "split-ov"},
                                {"split-ov", kDv, "level_not_offered"},
                                {"trap", kOv, "level_not_offered"},
                                {"own", kEv, "own"},
                                {"none", kDv, "unknown_ca"}};
  for (const auto& one : cases) {
    const auto entry = entry_for_level(kCas, one.ca, one.level);
    EXPECT_EQ(entry ? entry->name : entry.error().code, one.entry) << one.ca << " " << to_string(one.level);
  }
}

TEST(CaLevel, ARefusalTellsTheLevelsThereAreAndWhatToWrite) {
  const auto refused = entry_for_level(kCas, "split", kEv).error();
  EXPECT_EQ(refused.kind, TroubleKind::configuration);
  EXPECT_THAT(refused.what, HasSubstr("no ev certificate can be ordered from split"));
  EXPECT_EQ(refused.why, "the levels configured for it: dv, ov");
  EXPECT_THAT(refused.hint, HasSubstr("add \"ev\" to levels in [ca.split]"));
  EXPECT_THAT(refused.hint, HasSubstr("[ca.split.ev]"));
  EXPECT_EQ(entry_for_level(kCas, "bth", kDv).error().hint, "did you mean 'both'?");
}

TEST(CaLevel, TheFirstThatHasItIsTaken) {
  EXPECT_EQ(first_for_level(kCas, {"own", "split", "both"}, kDv), "split");
  EXPECT_EQ(first_for_level(kCas, {"dv", "split"}, kOv), "split-ov") << "its entry for the level";
  EXPECT_EQ(first_for_level(kCas, {"nobody", "dv"}, kOv), std::nullopt);
}

}  // namespace
}  // namespace certmgr
