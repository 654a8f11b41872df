// SPDX-License-Identifier: MIT
// Random walks beside a plain account of what has happened: what must hold whatever people and the CA do.
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "enrollment_builder.h"

namespace certmgr::enrollment {
namespace {

using namespace testing;

class Walk {
 public:
  Walk(unsigned seed, int quorum, bool dual_control)
      : random_(seed), context_(context(kNow, quorum, dual_control)), enrollment_(draft(pick(openers()))) {
    authors_ = {enrollment_.authors.front()};
  }

  /// False when there is nothing left to do.
  bool step() {
    context_.now += Duration(pick(std::vector<Duration>{0h, 1h, 30h, 100h}));
    if (roll(4) == 0) enrollment_ = look_at(enrollment_, context_).enrollment;
    const Enrollment before = enrollment_;
    const Event event = any_event();
    const auto after = apply(before, event, context_);
    if (is_final(before.state)) {
      EXPECT_FALSE(after) << name_of(before.state) << " " << name_of(event);
      return false;
    }
    if (!after) return true;
    note(before, event, *after);
    enrollment_ = *after;
    return true;
  }

  [[nodiscard]] std::string end() const { return std::string(name_of(enrollment_.state)); }
  [[nodiscard]] bool placed() const { return placed_; }
  [[nodiscard]] bool edited_back() const { return edits_ > 1; }

 private:
  static std::vector<Actor> openers() { return {kAlice, kBoth, kScheduler}; }
  static std::vector<Actor> people() { return {kAlice, kBob, kCarol, kBoth, kRoot, kScheduler}; }

  int roll(int sides) { return std::uniform_int_distribution<int>(0, sides - 1)(random_); }
  template <class T>
  T pick(const std::vector<T>& from) {
    return from[static_cast<std::size_t>(roll(static_cast<int>(from.size())))];
  }

  Grant any_grant() {
    Grant grant{.id = 4,
                .scope_hash = digest(renewal_scope(enrollment_.request)),
                .until = kNow + days(10),
                .words = {{"bob", kNow}, {"carol", kNow}}};
    if (roll(4) == 0) grant.scope_hash = "other";
    if (roll(4) == 0) grant.revoked_at = kNow;
    return grant;
  }

  Request any_request() {
    auto wanted = enrollment_.request;
    // Two values only: edits are taken back again and again.
    wanted.spec.key_type = roll(2) == 0 ? KeyType::ecdsa_p256 : KeyType::rsa_2048;
    return wanted;
  }

  GateFacts any_facts() {
    GateFacts facts = open_gates();
    if (roll(4) == 0) facts.validation = validation(pick(validation_states()));
    if (roll(4) == 0) facts.ca = CaStanding::eab_consumed;
    if (roll(2) == 0) facts.grant = any_grant();
    return facts;
  }

  Event any_event() {
    const Actor by = pick(people());
    switch (roll(13)) {
      case 0:
        return Submit{by, roll(2) == 0 ? std::optional<Grant>(any_grant()) : std::nullopt};
      case 1:
        return Edit{by, any_request()};
      case 2:
        return Deny{by, roll(8) == 0 ? "no" : ""};
      case 3:
        return roll(8) == 0 ? Event(Withdraw{by}) : Event(Resume{by});
      case 4:
        return Accept{by, "well"};
      case 5:
        return Reject{by, "no"};
      case 6:
        return Await{by, "soon"};
      case 7:
        return CaAsks{demand()};
      case 8:
        return CertificateSeen{
            21, pick(std::vector<IdentityVerdict>{clean(), downgrade(), faulty("key_mismatch")}),
            roll(2) == 0};
      case 9:
        return OrderEnded{demand()};
      case 10:
      case 11:
        return GatesSeen{any_facts()};
      default:
        return Approve{by, roll(4) == 0 ? last_seen_ : last_seen_ = hash_of(enrollment_)};
    }
  }

  /// The plain account: who has approved the request as it is, and what the gates were.
  void note(const Enrollment& before, const Event& event, const Enrollment& after) {
    const std::string from(name_of(before.state));
    const std::string to(name_of(after.state));
    EXPECT_GE(after.approvals.size(), before.approvals.size());
    if (const auto* submitted = std::get_if<Submit>(&event)) authors_.insert(submitted->by.person);
    if (const auto* edit = std::get_if<Edit>(&event)) note_edit(before, *edit, after);
    if (const auto* approve = std::get_if<Approve>(&event)) {
      EXPECT_EQ(approve->request_hash, hash_of(before));
      approved_by_.insert(approve->by.person);
    }
    if (from == "approved" && to == "ordering") note_order(before, std::get<GatesSeen>(event).facts);
    if (to == "issued") note_issue(from, event);
    if (to == "ordering" || to == "quarantined" || to == "action_required") {
      EXPECT_TRUE(placed_) << from << " -> " << to;
    }
  }

  void note_edit(const Enrollment& before, const Edit& edit, const Enrollment& after) {
    if (before.request.spec == after.request.spec) return;
    ++edits_;
    approved_by_.clear();
    authors_.insert(edit.by.person);
    EXPECT_EQ(approvals_given(after, context_), 0) << "an approval survives a change";
    EXPECT_TRUE(name_of(after.state) == "pending_approval" || name_of(after.state) == "draft");
  }

  void note_order(const Enrollment& before, const GateFacts& facts) {
    placed_ = true;
    auto counted = approved_by_;
    if (context_.rules.dual_control)
      for (const auto& author : authors_) counted.erase(author);
    const bool by_people = static_cast<int>(counted.size()) >= context_.rules.quorum;
    const bool by_grant = before.by_scheduler && authors_.size() == 1 && facts.grant &&
                          !facts.grant->revoked_at && facts.grant->scope_hash != "other" &&
                          context_.now < kNow + days(10);
    EXPECT_TRUE(by_people || by_grant) << "ordered without a warrant";
    EXPECT_TRUE(facts.validation && is_in_force(facts.validation->state));
    EXPECT_EQ(facts.ca, CaStanding::ready);
  }

  void note_issue(const std::string& from, const Event& event) {
    EXPECT_TRUE(placed_) << "issued without its gates";
    if (const auto* seen = std::get_if<CertificateSeen>(&event)) {
      EXPECT_TRUE(seen->verdict.clean());
      return;
    }
    EXPECT_EQ(from, "quarantined");
    EXPECT_FALSE(authors_.contains(std::get<Accept>(event).by.person));
  }

  std::mt19937 random_;
  Context context_;
  Enrollment enrollment_;
  std::set<std::string> authors_;
  std::set<std::string> approved_by_;
  std::string last_seen_;
  bool placed_ = false;
  int edits_ = 0;
};

TEST(EnrollmentWalk, NothingIsIssuedWithoutItsGatesAndNoApprovalSurvivesAChange) {
  std::map<std::string, int> ends;
  int placed = 0;
  int edited_back = 0;
  for (unsigned seed = 1; seed <= 400; ++seed) {
    Walk walk(seed, seed % 3 == 0 ? 2 : 1, seed % 2 == 0);
    for (int step = 0; step < 50 && walk.step(); ++step) {
    }
    ++ends[walk.end()];
    placed += walk.placed() ? 1 : 0;
    edited_back += walk.edited_back() ? 1 : 0;
    ASSERT_FALSE(HasFailure()) << "walk " << seed;
  }
  for (const char* end : {"issued", "denied", "withdrawn", "expired", "failed"})
    EXPECT_GT(ends[end], 5) << "the walks hardly come to " << end << ": the test proves little";
  EXPECT_GT(placed, 40);
  EXPECT_GT(edited_back, 20);
}

}  // namespace
}  // namespace certmgr::enrollment
