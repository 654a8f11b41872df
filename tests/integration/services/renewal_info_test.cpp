// SPDX-License-Identifier: MIT
// What is done with renewal information (RFC 9773): when a CA is asked, and what an order says it replaces.
#include <gmock/gmock.h>

#include "upkeep_world.h"
#include "world.h"

namespace certmgr::test {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;

class LiveRenewalInfo : public UpkeepWorld {
 protected:
  void says(Duration from, Duration to, std::optional<Duration> retry_after) {
    const RenewalInfo info{clock_.now() + from, clock_.now() + to, {}};
    public_ca_.answer = [this, info, retry_after] {
      CaReply<RenewalInfo> reply{info, {}};
      if (retry_after) reply.retry_after = clock_.now() + *retry_after;
      return std::optional(reply);
    };
  }
  void fails(TroubleKind kind, const std::string& code) {
    public_ca_.answer = [=]() -> FakePublicCa::Answer {
      return fail(Trouble{.kind = kind, .code = code, .what = "x"});
    };
  }
  int asked_within(Duration length) {
    const int before = public_ca_.asked;
    pass(length);
    return public_ca_.asked - before;
  }
};

TEST_F(LiveRenewalInfo, IsAskedForAsOftenAsTheCaSays) {
  const Version version = issue();
  says(100h, 200h, 2h);
  EXPECT_EQ(asked_within(61s), 1);
  EXPECT_EQ(renewal_infos_.suggested(version.id)->renew_at, clock_.now() - 61s + 100h) << "jitter is 0 here";
  EXPECT_EQ(asked_within(119min), 0);
  EXPECT_EQ(asked_within(2min), 1);
  EXPECT_EQ(asked_within(24h), 12);
  says(100h, 200h, 1s);
  static_cast<void>(asked_within(2h));
  EXPECT_EQ(asked_within(10min), 10) << "not more than once a minute";
  says(100h, 200h, {});
  static_cast<void>(asked_within(2min));
  EXPECT_EQ(asked_within(24h), 4) << "every six hours without a word";
  EXPECT_THAT(alarms(), IsEmpty());
}

TEST_F(LiveRenewalInfo, IsAskedForDailyWhereThereIsNone) {
  static_cast<void>(issue());
  EXPECT_EQ(asked_within(24h * 4 + 2min), 5);
}

TEST_F(LiveRenewalInfo, ThatMovesWakesTheRenewalAndIsTold) {
  const Version version = issue();
  says(1000h, 1100h, 6h);
  pass(2min);
  EXPECT_THAT(news(), Contains("renewal.suggested"));
  says(-2h, -1h, 6h);
  pass(7h);
  EXPECT_THAT(news(), Contains("renewal.suggested"));
  EXPECT_LT(renewal_infos_.suggested(version.id)->renew_at, clock_.now());
  const auto claim = queue_.look({TaskKind::renewal, certificate_.id}, clock_.now());
  EXPECT_EQ(claim.result, ClaimResult::claimed) << "due";
  pass(24h);
  EXPECT_THAT(news(), Not(Contains("renewal.suggested"))) << "it is no news";
}

TEST_F(LiveRenewalInfo, ThatCannotBeHadIsAskedForMoreAndMoreRarelyAndTheKnownOneStays) {
  const Version version = issue();
  says(1000h, 1100h, 1min);
  pass(2min);
  const auto known = renewal_infos_.suggested(version.id);
  ASSERT_TRUE(known);
  fails(TroubleKind::transient, "ca_unreachable");
  EXPECT_GE(asked_within(40min), 4);
  pass(12h);
  const int daily = asked_within(24h);
  EXPECT_LE(daily, 5);
  EXPECT_GE(daily, 3);
  EXPECT_EQ(renewal_infos_.suggested(version.id), known);
  fails(TroubleKind::permanent, "ca_protocol");
  pass(8h);
  EXPECT_LE(asked_within(24h), 5);
  EXPECT_THAT(alarms(), IsEmpty());
}

TEST_F(LiveRenewalInfo, IsNotAskedForOnceTheCertificateHasExpired) {
  static_cast<void>(issue());
  says(1000h, 1100h, 24h);
  pass(2min);
  clock_.at += 24h * 90;
  EXPECT_EQ(asked_within(24h * 10), 0);
  static_cast<void>(issue());
  EXPECT_EQ(asked_within(2min), 1) << "the next version is asked about like the first";
}

/// Orders at a CA that offers renewal information.
class Replacing : public ::testing::Test {
 protected:
  World world_;
  std::unique_ptr<Process> process_ = world_.start();
  const std::string label_ = "pbx.example";
  Replacing() {
    world_.ca().offers.renewal_info = true;
    EXPECT_EQ(process_->issue(request_for({label_})).end, IssueReport::End::done);
  }
  const NewOrder& wish() { return world_.ca().wishes.back(); }
  std::size_t orders() { return world_.ca().wishes.size(); }
  void refuse(const std::string& code, bool only_replacements) {
    world_.ca().refuse_order = [=](const NewOrder& wanted) -> std::optional<Trouble> {
      if (only_replacements && wanted.replaced_chain.empty()) return std::nullopt;
      return Trouble{.kind = TroubleKind::permanent, .code = code, .what = "newOrder", .why = "no"};
    };
  }
};

TEST_F(Replacing, ARenewalSaysWhatItReplacesAndTheFirstOrderDoesNot) {
  EXPECT_EQ(wish().replaced_chain, "");
  const auto first = process_->versions(label_).at(0);
  ASSERT_EQ(process_->renew(label_).end, IssueReport::End::done);
  EXPECT_EQ(wish().replaced_chain, first.chain_pem);
  const auto second = process_->versions(label_).at(0);
  ASSERT_EQ(process_->renew(label_).end, IssueReport::End::done);
  EXPECT_EQ(wish().replaced_chain, second.chain_pem);
}

TEST_F(Replacing, NamesThatAreAllNewReplaceNothing) {
  auto request = request_for({"sip.example"});
  request.label = label_;
  ASSERT_EQ(process_->issue(request).end, IssueReport::End::done);
  EXPECT_EQ(wish().replaced_chain, "");
}

TEST_F(Replacing, ACaThatRefusesGetsTheSameOrderOnceWithout) {
  for (const char* code : {"acme_alreadyReplaced", "acme_unauthorized", "acme_malformed"}) {
    refuse(code, true);
    const auto before = orders();
    const auto report = process_->renew(label_);
    EXPECT_EQ(report.end, IssueReport::End::done) << code;
    EXPECT_TRUE(report.issued);
    EXPECT_EQ(orders(), before + 2) << code;
    EXPECT_EQ(wish().replaced_chain, "");
  }
}

TEST_F(Replacing, ACaThatRefusesAltogetherIsAskedTwiceAndNoMore) {
  refuse("acme_unauthorized", false);
  const auto before = orders();
  EXPECT_EQ(process_->renew(label_).end, IssueReport::End::failed);
  EXPECT_EQ(orders(), before + 2);
  refuse("acme_rejectedIdentifier", false);
  const auto again = orders();
  EXPECT_EQ(process_->renew(label_).end, IssueReport::End::failed);
  EXPECT_EQ(orders(), again + 1) << "that is about the name";
}

}  // namespace
}  // namespace certmgr::test
