// SPDX-License-Identifier: MIT
#include "certmgr/domain/issued_check.h"

#include <gtest/gtest.h>

#include <functional>

namespace certmgr {
namespace {

using namespace std::chrono_literals;

const Instant kNow{1732435740000ms};

std::vector<Identifier> names(std::initializer_list<const char*> list) {
  std::vector<Identifier> all;
  for (const char* name : list) all.push_back({IdentifierType::dns, name});
  return canonical(std::move(all));
}

ChainFacts good() {
  ChainFacts facts;
  facts.spki_sha256 = "aa";
  facts.identifiers = names({"a.example", "b.example"});
  facts.not_before = kNow - 1h;
  facts.not_after = kNow + 24h;
  return facts;
}

const Expectation kExpected{"aa", names({"a.example", "b.example"})};

TEST(IssuedCheck, AcceptsWhatWasOrdered) { EXPECT_EQ(judge_issued(good(), kExpected, kNow), std::nullopt); }

struct Wrong {
  std::function<void(ChainFacts&)> make;
  const char* code;
  const char* word;
};

TEST(IssuedCheck, RefusesEachDifferenceAndSaysWhich) {
  const Wrong table[] = {
      {[](ChainFacts& f) { f.spki_sha256 = "bb"; }, "key_mismatch", "another key"},
      {[](ChainFacts& f) { f.identifiers = names({"a.example"}); }, "san_mismatch", "missing b.example"},
      {[](ChainFacts& f) {
         f.identifiers = names({"a.example", "b.example", "c.example"});
       },
       "san_mismatch", "c.example"},
      {[](ChainFacts& f) { f.other_sans = {"IP 10.0.0.1"}; }, "san_mismatch", "10.0.0.1"},
      {[](ChainFacts& f) { f.broken_link = "position 1"; }, "chain_broken", "position 1"},
      {[](ChainFacts& f) { f.not_before = kNow + 6min; }, "not_valid_now", "clock"},
      {[](ChainFacts& f) { f.not_after = kNow; }, "not_valid_now", "expired"},
  };
  for (const auto& row : table) {
    ChainFacts facts = good();
    row.make(facts);
    const auto trouble = judge_issued(facts, kExpected, kNow);
    ASSERT_TRUE(trouble) << row.code;
    EXPECT_EQ(trouble->code, row.code);
    const std::string all = trouble->message() + trouble->hint;
    EXPECT_NE(all.find(row.word), std::string::npos) << all;
  }
}

TEST(IssuedCheck, AllowsAClockThatIsAFewMinutesBehindTheCa) {
  ChainFacts facts = good();
  facts.not_before = kNow + 4min;
  EXPECT_EQ(judge_issued(facts, kExpected, kNow), std::nullopt);
}

struct Life {
  std::optional<ValidityBound> from;
  std::optional<ValidityBound> until;
  Duration found;  // from an hour ago
  bool longer;
};

TEST(IssuedCheck, ALifeIsHeldToWhatWasAskedFor) {
  const Life table[] = {
      {{}, {}, 90 * 24h, false},
      {{}, ValidityBound(Duration(20 * 24h)), 21 * 24h + 1h, false},
      {{}, ValidityBound(Duration(20 * 24h)), 21 * 24h + 3h, true},
      {{}, ValidityBound(Duration(20h)), 22h, false},
      {{}, ValidityBound(Duration(20h)), 24h, true},
      {{}, ValidityBound(Duration(20 * 24h)), 5 * 24h, false},
      {ValidityBound(Duration(2 * 24h)), ValidityBound(Duration(20 * 24h)), 19 * 24h + 3h, true},
      {{}, ValidityBound(kNow + 20 * 24h), 20 * 24h + 2h, false},
      {{}, ValidityBound(kNow + 20 * 24h), 90 * 24h, true},
      {ValidityBound(kNow), ValidityBound(Duration(20 * 24h)), 90 * 24h, true},
  };
  for (const auto& row : table) {
    ChainFacts facts = good();
    facts.not_after = facts.not_before + row.found;
    Expectation expected = kExpected;
    expected.not_before = row.from;
    expected.not_after = row.until;
    EXPECT_EQ(!outlives(facts, expected).empty(), row.longer) << humanize(row.found);
  }
}

TEST(IssuedCheck, CountsBothEndsOfALife) {
  ChainFacts facts = good();
  facts.not_after = facts.not_before + 90 * 24h - 1s;
  Expectation expected = kExpected;
  expected.not_after = ValidityBound(Duration(20 * 24h));
  EXPECT_EQ(outlives(facts, expected), "it is valid for 90 d, and 20 d were asked for");
}

}  // namespace
}  // namespace certmgr
