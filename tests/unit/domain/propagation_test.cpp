// SPDX-License-Identifier: MIT
#include "certmgr/domain/propagation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace certmgr {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

ServerAnswer has(const std::string& server, const std::string& address, std::vector<std::string> values) {
  return {server, address, true, std::move(values), {}};
}
ServerAnswer silent(const std::string& server, const std::string& address) {
  return {server, address, false, {}, "no answer within 3 s"};
}

struct Case {
  const char* name;
  std::vector<ServerAnswer> servers;
  std::vector<std::string> wanted;
  Spread spread;
};

class PropagationTable : public ::testing::TestWithParam<Case> {};

TEST_P(PropagationTable, IsJudged) {
  const auto judged = judge_propagation({"n", "z", GetParam().servers}, GetParam().wanted);
  EXPECT_EQ(judged.spread, GetParam().spread) << judged.summary();
  EXPECT_EQ(judged.summary().empty(), GetParam().spread == Spread::everywhere);
}

INSTANTIATE_TEST_SUITE_P(
    All, PropagationTable,
    ::testing::Values(
        Case{"All", {has("a", "1", {"v"}), has("b", "2", {"v"})}, {"v"}, Spread::everywhere},
        Case{"OthersDoNotMatter", {has("a", "1", {"w", "v", "x"})}, {"v"}, Spread::everywhere},
        Case{"BothOfTwoValues", {has("a", "1", {"v", "w"})}, {"w", "v"}, Spread::everywhere},
        Case{"OneOfTwoValues", {has("a", "1", {"v"})}, {"v", "w"}, Spread::not_yet},
        Case{"NoneYet", {has("a", "1", {})}, {"v"}, Spread::not_yet},
        Case{"OneLags", {has("a", "1", {"v"}), has("b", "2", {"old"})}, {"v"}, Spread::not_yet},
        Case{"OneAddressLags", {has("a", "1", {"v"}), has("a", "2", {})}, {"v"}, Spread::not_yet},
        Case{"OneIsDown", {has("a", "1", {"v"}), silent("b", "2")}, {"v"}, Spread::where_answered},
        Case{"OneAddressIsDown", {has("a", "1", {"v"}), silent("a", "2")}, {"v"}, Spread::everywhere},
        Case{"DownAndLagging", {silent("a", "1"), has("b", "2", {})}, {"v"}, Spread::not_yet},
        Case{"AllAreDown", {silent("a", "1"), silent("b", "2")}, {"v"}, Spread::not_yet},
        Case{"Nobody", {}, {"v"}, Spread::not_yet}),
    [](const auto& each) { return std::string(each.param.name); });

TEST(Propagation, SaysWhereAndWhat) {
  const auto judged =
      judge_propagation({"n",
                         "z",
                         {has("ns1", "192.0.2.1:53", {"x"}), has("192.0.2.9:53", "192.0.2.9:53", {}),
                          silent("ns3", "192.0.2.3:53")}},
                        {"v"});
  EXPECT_THAT(judged.lagging,
              ElementsAre("ns1 (192.0.2.1:53) has 1 other value", "192.0.2.9:53 has no TXT record there"));
  EXPECT_THAT(judged.silent, ElementsAre("ns3 (192.0.2.3:53): no answer within 3 s"));
  EXPECT_THAT(judged.summary(), HasSubstr("not yet at ns1 (192.0.2.1:53) has 1 other value; 192.0.2.9:53"));
}

}  // namespace
}  // namespace certmgr
