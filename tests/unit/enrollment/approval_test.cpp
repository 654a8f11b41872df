// SPDX-License-Identifier: MIT
// Who must approve what, and what becomes of it.
#include "certmgr/domain/enrollment/approval.h"

#include <gmock/gmock.h>

#include <functional>

#include "enrollment_builder.h"

namespace certmgr::enrollment {
namespace {

using namespace testing;

std::string code_of(const Result<Enrollment>& result) { return result ? "" : result.error().code; }

Edit edit_of(const Enrollment& enrollment, KeyType key_type, const Actor& by = kAlice) {
  auto wanted = enrollment.request;
  wanted.spec.key_type = key_type;
  return {by, wanted};
}

TEST(Approval, DualControlIsOnForEvAndOffForOv) {
  EXPECT_TRUE(default_rules(OrganizationLevel::ev).dual_control);
  EXPECT_FALSE(default_rules(OrganizationLevel::ov).dual_control);
  EXPECT_EQ(default_rules(OrganizationLevel::ov).quorum, 1);
  EXPECT_EQ(default_rules(OrganizationLevel::ev).window, Duration(days(14)));
}

TEST(Approval, TheRequesterIsNoApproverUnderDualControl) {
  const auto own = pending(kBoth);
  EXPECT_EQ(code_of(apply(own, approval(own, kBoth), context())), "self_approval_forbidden");
  EXPECT_TRUE(apply(own, approval(own, kBoth), context(kNow, 1, false))) << "where it is off";
}

TEST(Approval, WhoEditsOrSubmitsIsARequesterToo) {
  const auto edited = *apply(pending(), edit_of(pending(), KeyType::rsa_2048, kBoth), context());
  EXPECT_EQ(code_of(apply(edited, approval(edited, kBoth), context())), "self_approval_forbidden");
  EXPECT_TRUE(apply(edited, approval(edited, kBob), context()));
  const auto submitted = *apply(draft(kAlice), Submit{kBoth}, context());
  EXPECT_EQ(code_of(apply(submitted, approval(submitted, kBoth), context())), "self_approval_forbidden");
}

TEST(Approval, DualControlThatIsSwitchedOnLaterHoldsToo) {
  const auto own = *apply(pending(kBoth), approval(pending(kBoth), kBoth), context(kNow, 1, false));
  EXPECT_EQ(name_of(own.state), "approved");
  EXPECT_EQ(name_of(apply(own, GatesSeen{open_gates()}, context(kNow, 1, true))->state), "pending_approval");
  EXPECT_EQ(name_of(apply(own, GatesSeen{open_gates()}, context(kNow, 1, false))->state), "ordering");
}

TEST(Approval, AQuorumIsMadeOfDifferentPersons) {
  const auto two = context(kNow, 2);
  auto enrollment = *apply(pending(), approval(pending()), two);
  EXPECT_EQ(name_of(enrollment.state), "pending_approval");
  EXPECT_EQ(code_of(apply(enrollment, approval(enrollment), two)), "approval_exists");
  enrollment = *apply(enrollment, approval(enrollment, kCarol), two);
  EXPECT_EQ(std::get<Approved>(enrollment.state).warrant, Warrant::approvals);
  EXPECT_EQ(approvals_given(enrollment, two), 2);
  EXPECT_EQ(name_of(apply(enrollment, GatesSeen{open_gates()}, context(kNow, 3))->state), "pending_approval")
      << "more is demanded now";
}

TEST(Approval, IsForWhatThePersonHasSeen) {
  const auto before = pending();
  const auto after = *apply(before, edit_of(before, KeyType::rsa_2048), context());
  EXPECT_EQ(code_of(apply(after, approval(before), context())), "scope_changed");
  EXPECT_EQ(code_of(apply(before, Approve{kBob, ""}, context())), "scope_changed");
  EXPECT_TRUE(apply(after, approval(after), context()));
}

TEST(Approval, OfSomethingThatNamesNoRequestIsNotCalledAnEdit) {
  const auto before = pending();
  for (const char* given : {"?", "0123", "0123456789abcde", "0123456789abcdeg"})
    EXPECT_THAT(apply(before, Approve{kBob, given}, context()).error().why,
                ::testing::HasSubstr("names no request"))
        << given;
  const std::string longer(65, '0');
  EXPECT_THAT(apply(before, Approve{kBob, longer}, context()).error().why,
              ::testing::HasSubstr("names no request"));
  EXPECT_THAT(apply(before, Approve{kBob, "0123456789abcdef"}, context()).error().why,
              ::testing::HasSubstr("edited"));
}

TEST(Approval, MayNameTheRequestByItsFirstDigits) {
  const std::string hash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
  EXPECT_TRUE(names_request(hash, hash));
  EXPECT_TRUE(names_request(hash.substr(0, kShortHash), hash));
  EXPECT_FALSE(names_request(hash.substr(0, kShortHash - 1), hash));
  EXPECT_FALSE(names_request("", hash));
  EXPECT_FALSE(names_request("0123456789abcdee", hash));
  EXPECT_FALSE(names_request(hash + "0", hash));
}

TEST(Approval, AnyEditVoidsItAndTakingTheEditBackDoesNotBringItBack) {
  const auto first = approved();
  const auto edited = *apply(first, edit_of(first, KeyType::rsa_2048), context());
  EXPECT_EQ(name_of(edited.state), "pending_approval");
  EXPECT_EQ(approvals_given(edited, context()), 0);
  EXPECT_EQ(edited.approvals, first.approvals) << "the record stays";
  const auto undone = *apply(edited, edit_of(edited, first.request.spec.key_type), context());
  EXPECT_EQ(undone.request.spec, first.request.spec);
  EXPECT_EQ(name_of(undone.state), "pending_approval");
  EXPECT_EQ(approvals_given(undone, context()), 0);
  EXPECT_TRUE(apply(undone, approval(undone), context())) << "the same person may approve the new one";
}

TEST(Approval, AnotherVersionOfTheRecordVoidsIt) {
  auto wanted = approved().request;
  wanted.organization_version = 4;
  EXPECT_EQ(name_of(apply(approved(), Edit{kAlice, wanted}, context())->state), "pending_approval");
}

TEST(Approval, AnEditOfWhatNobodyApprovesLeavesIt) {
  auto wanted = approved().request;
  wanted.spec.challenge.type = ChallengeType::dns_01;
  wanted.revision = 99;
  wanted.renewal = true;
  const auto same = *apply(approved(), Edit{kAlice, wanted}, context());
  EXPECT_EQ(name_of(same.state), "approved");
  EXPECT_EQ(same.request.spec.challenge.type, ChallengeType::dns_01);
  EXPECT_EQ(same.request.revision, 1);
  EXPECT_FALSE(same.request.renewal) << "an edit does not make a renewal";
}

TEST(Approval, ARowThatWasChangedBehindOurBackIsNotOrdered) {
  auto forged = approved();
  forged.request.spec.identifiers.push_back({IdentifierType::dns, "evil.example"});
  EXPECT_EQ(name_of(apply(forged, GatesSeen{open_gates()}, context())->state), "pending_approval");
}

TEST(Approval, ADenialBeatsApprovalsUntilSomethingWasSent) {
  const auto denied = *apply(approved(), Deny{kCarol, "wrong name"}, context());
  EXPECT_EQ(std::get<Denied>(denied.state).by, "carol");
  EXPECT_EQ(code_of(apply(denied, approval(denied), context())), "approval_denied");
  EXPECT_EQ(code_of(apply(pending(), Deny{kBob, ""}, context())), "reason_missing");
  EXPECT_EQ(code_of(apply(pending(), Deny{kBob, " \n"}, context())), "reason_missing");
  const auto ordered = *apply(approved(), GatesSeen{open_gates()}, context());
  EXPECT_EQ(code_of(apply(ordered, Deny{kCarol, "late"}, context())), "wrong_state");
}

TEST(Approval, EndsAfterFourteenDaysWhetherOrNotAnybodyLooked) {
  const auto asked = pending();
  EXPECT_TRUE(apply(asked, approval(asked), context(kNow + days(14) - 1ms)));
  EXPECT_EQ(code_of(apply(asked, approval(asked), context(kNow + days(14)))), "approval_expired");
  EXPECT_EQ(code_of(apply(asked, edit_of(asked, KeyType::rsa_2048), context(kNow + days(14)))),
            "wrong_state");
  const auto edited = *apply(asked, edit_of(asked, KeyType::rsa_2048), context(kNow + days(10)));
  EXPECT_TRUE(apply(edited, approval(edited), context(kNow + days(20)))) << "an edit is asked about anew";
}

TEST(Approval, OneOfTwoDoesNotProlongTheTime) {
  const auto half = *apply(pending(), approval(pending()), context(kNow + days(13), 2));
  EXPECT_EQ(code_of(apply(half, approval(half, kCarol), context(kNow + days(14), 2))), "approval_expired");
}

TEST(Approval, OnlyNamedApproversDecideWhileTheirAuthorityLasts) {
  auto named = context();
  named.rules.approvers = {{"bob", day_of(kNow) + days(1)}, {"dora", std::nullopt}};
  const auto asked = pending();
  EXPECT_TRUE(apply(asked, approval(asked), named));
  EXPECT_EQ(code_of(apply(asked, approval(asked, kCarol), named)), "not_an_approver");
  EXPECT_EQ(code_of(apply(asked, Deny{kCarol, "no"}, named)), "not_an_approver");
  named.now = Instant(day_of(kNow) + days(1));
  EXPECT_EQ(code_of(apply(asked, approval(asked), named)), "authority_expired");
  EXPECT_TRUE(apply(asked, approval(asked, {"dora", {Role::approver}}), named));
  EXPECT_EQ(code_of(apply(asked, approval(asked, {"dora", {Role::requester}}), named)), "not_permitted")
      << "a name is no role";
}

TEST(ChangeWindow, TheOrderIsPlacedInsideIt) {
  auto word = approval(pending());
  word.window = {kNow + 10h, kNow + 20h};
  const auto waits = *apply(pending(), word, context());
  EXPECT_EQ(name_of(waits.state), "approved");
  const auto early = *apply(waits, GatesSeen{open_gates()}, context(kNow + 10h - 1ms));
  EXPECT_EQ(name_of(early.state), "approved");
  EXPECT_EQ(early.entered_at, waits.entered_at);
  EXPECT_EQ(look_at(waits, context()).wake_at, kNow + 10h);
  EXPECT_EQ(name_of(apply(waits, GatesSeen{open_gates()}, context(kNow + 10h))->state), "ordering");
  EXPECT_EQ(code_of(apply(waits, GatesSeen{open_gates()}, context(kNow + 20h))), "wrong_state");
  EXPECT_EQ(name_of(look_at(waits, context(kNow + 20h)).enrollment.state), "expired");
}

TEST(ChangeWindow, HoldsAlsoForOneThatIsBlocked) {
  auto word = approval(pending());
  word.window = {std::nullopt, kNow + 20h};
  const auto waits = *apply(pending(), word, context());
  for (const auto& facts : {GateFacts{std::nullopt}, GateFacts{validation(), CaStanding::eab_consumed}}) {
    const auto blocked = *apply(waits, GatesSeen{facts}, context());
    EXPECT_FALSE(apply(blocked, GatesSeen{open_gates()}, context(kNow + 20h))) << name_of(blocked.state);
    const auto look = look_at(blocked, context(kNow + 20h));
    ASSERT_EQ(name_of(look.enrollment.state), "expired");
    EXPECT_EQ(std::get<Expired>(look.enrollment.state).trouble.code, "approval_expired");
  }
}

TEST(ChangeWindow, IsWhatAllApproversLeave) {
  const auto two = context(kNow, 2);
  auto first = approval(pending());
  first.window = {kNow + 10h, kNow + 30h};
  const auto half = *apply(pending(), first, two);
  auto second = approval(half, kCarol);
  second.window = {kNow + 30h, std::nullopt};
  EXPECT_EQ(code_of(apply(half, second, two)), "bad_window") << "they do not meet";
  second.window = {kNow + 20h, kNow + 40h};
  const auto whole = *apply(half, second, two);
  EXPECT_EQ(window_of(whole.approvals, hash_of(whole)), (ChangeWindow{kNow + 20h, kNow + 30h}));
  auto past = approval(pending());
  past.window = {std::nullopt, kNow};
  EXPECT_EQ(code_of(apply(pending(), past, context())), "bad_window");
}

}  // namespace
}  // namespace certmgr::enrollment
