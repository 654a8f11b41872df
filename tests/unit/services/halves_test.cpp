// SPDX-License-Identifier: MIT
#include "certmgr/services/halves.h"

#include <gmock/gmock.h>

namespace certmgr {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Instant kNow{1'800'000'000s};

class Presence : public DaemonPresence {
 public:
  Presence(bool network, bool deploy) : network_(network), deploy_(deploy) {}
  [[nodiscard]] std::optional<std::string> serving(TaskKind kind) const override {
    const bool there = half_of(kind) == DaemonRole::deploy ? deploy_ : network_;
    return there ? std::optional<std::string>("pid 7") : std::nullopt;
  }

 private:
  bool network_;
  bool deploy_;
};

struct Case {
  const char* name;
  const char* party;
  Duration due_for;
  const char* leased_kind;  // "": none
  bool network;             // a daemon of this half is there
  bool deploy;
  bool left_alone;
};

class LeftAlone : public ::testing::TestWithParam<Case> {};

TEST_P(LeftAlone, IsToldOnlyWhereNothingElseExplainsIt) {
  const Case& given = GetParam();
  OverviewNumbers numbers;
  numbers.due[given.party] = 3;
  numbers.due_since[given.party] = kNow - given.due_for;
  if (*given.leased_kind != '\0') numbers.in_work[given.leased_kind] = 1;
  const auto found = halves_left_alone(numbers, Presence(given.network, given.deploy), kNow);
  EXPECT_EQ(!found.empty(), given.left_alone);
  for (const auto& half : found) EXPECT_EQ(half.half, half_of(std::string_view(given.party)));
}

INSTANTIATE_TEST_SUITE_P(
    OfTheHalves, LeftAlone,
    ::testing::Values(Case{"just_due", "watch", 4min, "", true, false, false},
                      Case{"no_deploy_half", "watch", 6min, "", true, false, true},
                      Case{"no_deploy_half_deployments", "deploy", 6min, "", true, false, true},
                      Case{"somebody_by_hand", "deploy", 6min, "deployment", true, false, false},
                      Case{"the_others_work_is_none", "deploy", 6min, "order", true, false, true},
                      Case{"no_network_half", "ca:le", 6min, "", false, true, true},
                      Case{"no_network_half_messages", "notify:ops", 6min, "", false, true, true},
                      Case{"network_half_at_work", "ca:le", 6min, "renewal", false, true, false},
                      Case{"a_ca_may_be_paused", "ca:le", 3h, "", true, true, false},
                      Case{"a_channel_may_be_paused", "notify:ops", 3h, "", true, true, false},
                      Case{"network_half_hangs", "renewal", 6min, "", true, true, true},
                      Case{"deploy_half_hangs", "deploy", 6min, "", true, true, true},
                      Case{"cron_comes_by", "ca:le", 90min, "", false, false, false},
                      Case{"cron_does_not_come", "ca:le", 121min, "", false, false, true}),
    [](const auto& of) { return of.param.name; });

TEST(HalvesLeftAlone, AreNoneWhenNothingIsDue) {
  EXPECT_THAT(halves_left_alone({}, Presence(false, false), kNow), IsEmpty());
}

TEST(HalvesLeftAlone, AreToldWithWhatToDo) {
  OverviewNumbers numbers;
  numbers.due = {{"ca:le", 1}, {"renewal", 1}, {"watch", 1}};
  numbers.due_since = {{"ca:le", kNow - 3h}, {"renewal", kNow - 4h}, {"watch", kNow - 3h}};
  const auto found = halves_left_alone(numbers, Presence(false, false), kNow);
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(message(found[0]),
            "nobody works on certificates and messages: 2 tasks are due, the first since "
            "2027-01-15T04:00:00Z; start 'certmgr daemon --role network', or see why it ended");
  EXPECT_THAT(message(found[1]), HasSubstr("nobody works on servers: 1 task is due"));
  const auto hung = halves_left_alone(numbers, Presence(true, true), kNow);
  ASSERT_THAT(hung, SizeIs(2));
  EXPECT_THAT(message(hung[1]), HasSubstr("the daemon of servers (pid 7) does not take its tasks"));
}

}  // namespace
}  // namespace certmgr
