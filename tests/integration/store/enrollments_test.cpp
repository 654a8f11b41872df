// SPDX-License-Identifier: MIT
#include "adapters/store/enrollment_store.h"
#include "adapters/store/fleet_store.h"
#include "adapters/store/organization_store.h"
#include "certmgr/domain/enrollment/audit.h"
#include "certmgr/domain/organization_events.h"
#include "integration/store/stores_fixture.h"
#include "unit/enrollment/enrollment_builder.h"

namespace certmgr::store::testing {
namespace {

using namespace enrollment::testing;
using enrollment::Enrollment;
using enrollment::Grant;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// As long as the store wants it to be.
std::string long_digest(std::string_view bytes) {
  std::string text = digest(bytes);
  text.insert(0, 64 - text.size(), '0');
  return text;
}

class EnrollmentsTest : public Stores {
 protected:
  SqliteEnrollmentStore sqlite_{bench_.database, bench_.clock};
  EnrollmentStore& store_ = sqlite_;
  SqliteOrganizationStore organizations_{bench_.database, bench_.clock};
  SqliteFleetStore fleet_{bench_.database, bench_.clock};
  Certificate pbx_ = bench_.certificates.put(spec("pbx"), event("certificate.added", "pbx"));
  Organization acme_ = organizations_.add_organization(certmgr::testing::complete_record(),
                                                       added_event(certmgr::testing::complete_record()));

  Enrollment made(const Enrollment& like = pending()) {
    Enrollment made = like;
    made.id = 0;
    made.certificate_id = pbx_.id;
    made.request.organization_id = acme_.id;
    made.request.organization_version = acme_.version;
    made.request.spec.label = "pbx";
    for (auto& approval : made.approvals) approval.request_hash = long_digest(approval.request_hash);
    return made;
  }
  Order new_order() {
    Order order;
    order.certificate_id = pbx_.id;
    order.spec = pbx_.spec;
    order.reason = "issue";
    order.created_at = order.entered_at = order.wake_at = bench_.clock.now();
    return order;
  }
  EnrollmentStore::Wish wish(const Enrollment& like = pending()) {
    const auto wanted = made(like);
    return {.spec = pbx_.spec,
            .seen = pbx_.spec,
            .event = event("certificate.changed", "pbx"),
            .enrollment = wanted,
            .events = {enrollment::opened_event(wanted, long_digest)}};
  }
  Enrollment add(const Enrollment& like = pending()) {
    return store_.wish(wish(like)).enrollment.value_or(Enrollment{});
  }
  CertificateSpec larger() {
    auto spec = pbx_.spec;
    spec.identifiers.push_back({IdentifierType::dns, "second.example.com"});
    return spec;
  }
  /// Refused, and nothing of it is in the store.
  void expect_late(const EnrollmentStore::Wish& wish) {
    const auto events = event_count();
    const auto enrollments = store_.enrollments(false, 0, 100).size();
    const auto before = bench_.certificates.find(wish.spec.label);
    EXPECT_EQ(failure_of([&] { store_.wish(wish); }).code, "conflict");
    EXPECT_EQ(event_count(), events);
    EXPECT_EQ(store_.enrollments(false, 0, 100).size(), enrollments);
    const auto after = bench_.certificates.find(wish.spec.label);
    ASSERT_EQ(before.has_value(), after.has_value());
    EXPECT_TRUE(!after || before->spec == after->spec);
  }
  Enrollment save(Enrollment enrollment, std::optional<Instant> wake_at = {}) {
    return store_.save({.enrollment = std::move(enrollment),
                        .events = {event("enrollment.changed", "pbx")},
                        .wake_at = wake_at});
  }
  static void expect_same(const Enrollment& a, const Enrollment& b) {
    EXPECT_EQ(enrollment::canonical(a.request), enrollment::canonical(b.request));
    EXPECT_EQ(a.request, b.request);
    EXPECT_EQ(a.state.index(), b.state.index());
    EXPECT_EQ(a.approvals, b.approvals);
    EXPECT_EQ(a.authors, b.authors);
    EXPECT_EQ(std::tie(a.certificate_id, a.by_scheduler, a.grant_id, a.replaces, a.reminded, a.created_at,
                       a.entered_at),
              std::tie(b.certificate_id, b.by_scheduler, b.grant_id, b.replaces, b.reminded, b.created_at,
                       b.entered_at));
  }
  ClaimResult claimed(const Enrollment& enrollment) {
    return claim({TaskKind::enrollment, enrollment.id}).result;
  }
};

TEST_F(EnrollmentsTest, GiveBackEveryStateAsItWasSaved) {
  for (auto like : one_of_each()) {
    like.by_scheduler = true;
    like.grant_id = 4;
    like.replaces = 2;
    like.reminded = 3;
    auto enrollment = add(like);
    const auto found = store_.enrollment(enrollment.id);
    ASSERT_TRUE(found);
    expect_same(*found, made(like));
    EXPECT_EQ(enrollment::is_final(like.state), !store_.open_enrollment(pbx_.id));
    EXPECT_EQ(store_.last_enrollment(pbx_.id)->id, enrollment.id);
    enrollment.state = enrollment::Withdrawn{"alice", "to make room for the next one"};
    save(enrollment);
  }
  EXPECT_EQ(store_.enrollments(false, 0, 100).size(), one_of_each().size());
  EXPECT_THAT(store_.enrollments(true, 0, 100), IsEmpty());
  expect_sound();
}

TEST_F(EnrollmentsTest, HoldWhatTheStatesSay) {
  const enrollment::Ordered order{.order_id = 0, .placed_at = kNow, .placeholder_id = 8};
  IdentityVerdict verdict = downgrade();
  verdict.warnings = {{"subject_mismatch", "L 'Berlin' is missing"}};
  auto enrollment = add(approved());
  enrollment.state = enrollment::Quarantined{order, 21, verdict};
  enrollment = save(enrollment);
  const auto held =
      std::get<enrollment::Quarantined>(store_.enrollment(enrollment.id).value_or(Enrollment{}).state);
  EXPECT_EQ(held.order, order);
  EXPECT_EQ(held.version_id, 21);
  EXPECT_EQ(held.verdict, verdict);

  Trouble asked = demand();
  asked.url = "https://ca.example/2";
  enrollment.state = enrollment::ActionRequired{order, asked, "https://ca.example/1"};
  enrollment = save(enrollment);
  const auto action =
      std::get<enrollment::ActionRequired>(store_.enrollment(enrollment.id).value_or(Enrollment{}).state);
  EXPECT_EQ(action.trouble, asked);
  EXPECT_EQ(action.url, "https://ca.example/1");
}

TEST_F(EnrollmentsTest, AreOneToACertificateAtATime) {
  const auto open = add();
  expect_late(wish());
  auto knowing = wish();
  knowing.open_id = open.id;
  expect_late(knowing);
}

TEST_F(EnrollmentsTest, AreWishedTogetherWithTheirCertificate) {
  auto both = wish();
  both.spec = larger();
  const auto wished = store_.wish(both);
  EXPECT_EQ(wished.certificate.id, pbx_.id);
  EXPECT_EQ(bench_.certificates.find("pbx")->spec, larger());
  ASSERT_TRUE(wished.enrollment);
  EXPECT_EQ(wished.enrollment->certificate_id, pbx_.id);
  EXPECT_EQ(claimed(*wished.enrollment), ClaimResult::claimed);

  auto fresh = wish();
  fresh.spec.label = "sbc";
  fresh.seen.reset();
  fresh.enrollment->request.spec.label = "sbc";
  const auto made = store_.wish(fresh);
  EXPECT_EQ(bench_.certificates.find("sbc")->id, made.certificate.id);
  EXPECT_EQ(store_.open_enrollment(made.certificate.id)->id, made.enrollment->id);
  EXPECT_EQ(claim({TaskKind::renewal, made.certificate.id}).result, ClaimResult::not_due)
      << "whoever wishes goes first";
  expect_sound();
}

TEST_F(EnrollmentsTest, AreEditedTogetherWithTheirCertificate) {
  auto edit = wish();
  edit.enrollment = add(approved());
  edit.open_id = edit.enrollment->id;
  edit.enrollment->request.spec = edit.spec = larger();
  edit.events = {event("enrollment.edited", "pbx")};
  const auto wished = store_.wish(edit);
  EXPECT_EQ(wished.enrollment->revision, edit.enrollment->revision + 1);
  EXPECT_EQ(store_.open_enrollment(pbx_.id)->request.spec, larger());
  EXPECT_EQ(bench_.certificates.find("pbx")->spec, larger());
  expect_sound();
}

TEST_F(EnrollmentsTest, WishedTooLateChangeNothing) {
  auto changed = wish();
  changed.seen = larger();
  expect_late(changed);
  auto made_by_another = wish();
  made_by_another.seen.reset();
  expect_late(made_by_another);
  auto removed = wish();
  removed.spec.label = "gone";
  expect_late(removed);
  auto ended = wish();
  ended.spec = larger();
  ended.enrollment.reset();
  ended.open_id = 7;
  expect_late(ended);
  auto stale = wish();
  stale.spec = larger();
  stale.enrollment = add();
  stale.open_id = stale.enrollment->id;
  save(*stale.enrollment);
  expect_late(stale);
}

TEST_F(EnrollmentsTest, AreNotOverwrittenByAnother) {
  const auto enrollment = add();
  save(enrollment);
  const auto events = event_count();
  EXPECT_EQ(failure_of([&] { save(enrollment); }).code, "conflict");
  EXPECT_EQ(event_count(), events);
}

TEST_F(EnrollmentsTest, KeepApprovalsThatNobodyCanChange) {
  const auto enrollment = add(approved());
  ASSERT_EQ(store_.enrollment(enrollment.id)->approvals.size(), 1U);
  const std::string zeros(64, '0');
  for (const auto& statement : std::vector<std::string>{
           std::string("UPDATE enrollment_approvals SET person = 'eve'"),
           std::string("DELETE FROM enrollment_approvals"),
           "INSERT OR REPLACE INTO enrollment_approvals VALUES (1, 1, 'eve', 1, '" + zeros + "', '{}')"})
    EXPECT_THAT(failure_of([&] { sql(bench_.database, statement); }).message(), HasSubstr("approvals"))
        << statement;
  EXPECT_EQ(store_.enrollment(enrollment.id)->approvals.at(0).person, "bob");
}

TEST_F(EnrollmentsTest, AreDueWhenTheyWereAddedAndWhenTheySay) {
  auto enrollment = add();
  EXPECT_EQ(claimed(enrollment), ClaimResult::claimed);
  enrollment = save(enrollment, bench_.clock.now() + 1h);
  EXPECT_EQ(claimed(enrollment), ClaimResult::not_due);
  store_.wake(enrollment.id);
  EXPECT_EQ(claimed(enrollment), ClaimResult::claimed);
  enrollment.state = enrollment::Denied{"bob", "no"};
  save(enrollment);
  EXPECT_EQ(claimed(enrollment), ClaimResult::gone);
  EXPECT_EQ(claim({TaskKind::renewal, pbx_.id}).result, ClaimResult::claimed) << "the upkeep is told";
  expect_sound();
}

TEST_F(EnrollmentsTest, OpenTheirOrderInTheSameCommitAndAreWokenByIt) {
  auto enrollment = add(approved());
  enrollment.state = enrollment::Ordered{.order_id = 0, .placed_at = kNow};
  Order order = new_order();
  order.enrollment_id = enrollment.id;
  enrollment = store_.save({.enrollment = enrollment,
                            .events = {},
                            .wake_at = bench_.clock.now() + 24h,
                            .order = order,
                            .order_event = event("order.approved", "pbx")});
  const auto below = enrollment::order_of(enrollment.state);
  ASSERT_NE(below.order_id, 0);
  auto opened = bench_.orders.open_order(pbx_.id);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->id, below.order_id);
  EXPECT_EQ(claimed(enrollment), ClaimResult::not_due);
  opened->state = Failed{demand(), ""};
  bench_.orders.save({*opened, event("order.failed", "pbx"), {}, {}, {}});
  EXPECT_EQ(claimed(enrollment), ClaimResult::claimed);
  expect_sound();
}

TEST_F(EnrollmentsTest, DoNotTakeTheOrderOfSomebodyElse) {
  Order other = new_order();
  other.enrollment_id = 99;
  bench_.orders.open(other, event("order.approved", "pbx"));
  auto enrollment = add(approved());
  enrollment.state = enrollment::Ordered{.order_id = 0, .placed_at = kNow};
  Order order = new_order();
  order.enrollment_id = enrollment.id;
  EXPECT_EQ(failure_of([&] {
              store_.save({.enrollment = enrollment, .events = {}, .wake_at = {}, .order = order});
            }).code,
            "conflict");
  EXPECT_TRUE(std::holds_alternative<enrollment::Approved>(store_.enrollment(enrollment.id)->state));
}

TEST_F(EnrollmentsTest, LetAnOrderStandInBesideTheirOwn) {
  Order own = new_order();
  own.enrollment_id = 7;
  const auto first = bench_.orders.open(own, event("order.approved", "pbx"));
  const auto second = bench_.orders.open(new_order(), event("order.approved", "pbx"));
  EXPECT_NE(first.id, second.id);
  EXPECT_EQ(bench_.orders.open(own, event("order.approved", "pbx")).id, first.id);
  EXPECT_EQ(bench_.orders.open(new_order(), event("order.approved", "pbx")).id, second.id);
}

TEST_F(EnrollmentsTest, AreLookedAtWhenTheCaValidatesTheOrganization) {
  auto enrollment = add(approved());
  enrollment.state = enrollment::BlockedOrg{demand()};
  enrollment = save(enrollment, bench_.clock.now() + 24h);
  ASSERT_EQ(claimed(enrollment), ClaimResult::not_due);
  OrganizationValidation cycle = validation();
  cycle.id = 0;
  cycle.organization_id = acme_.id;
  cycle.record_version = acme_.version;
  organizations_.save_validations({cycle}, {});
  EXPECT_EQ(claimed(enrollment), ClaimResult::claimed);
}

TEST_F(EnrollmentsTest, OutliveTheirCertificate) {
  const auto open = add(approved());
  Grant grant{.scope_hash = "s", .until = kNow + days(30), .words = {{"bob", kNow}}};
  store_.put_grant(pbx_.id, grant, event("enrollment.granted", "pbx"));
  fleet_.remove_certificate(pbx_.id);
  const auto left = store_.enrollment(open.id);
  ASSERT_TRUE(left);
  EXPECT_EQ(left->certificate_id, 0);
  EXPECT_TRUE(std::holds_alternative<enrollment::Withdrawn>(left->state));
  EXPECT_EQ(left->approvals.size(), 1U);
  const auto told = bench_.events.events("pbx", 10);
  EXPECT_TRUE(std::any_of(told.begin(), told.end(),
                          [](const Event& e) { return e.draft.kind == "enrollment.withdrawn"; }));
  const auto again = bench_.certificates.put(spec("pbx"), event("certificate.added", "pbx"));
  EXPECT_FALSE(store_.last_enrollment(again.id)) << "another certificate, whatever its number";
  EXPECT_THAT(store_.grants_of(again.id), IsEmpty());
  expect_sound();
}

TEST_F(EnrollmentsTest, KeepGrantsWordByWord) {
  Grant grant{.scope_hash = "s", .until = kNow + days(30), .words = {{"bob", kNow}}};
  grant = store_.put_grant(pbx_.id, grant, event("enrollment.granted", "pbx"));
  EXPECT_EQ(store_.grant(grant.id), grant);
  Grant joined = grant;
  joined.words.push_back({"carol", kNow + 1h});
  store_.put_grant(pbx_.id, joined, event("enrollment.granted", "pbx"));
  EXPECT_EQ(store_.grants_of(pbx_.id), std::vector{joined});
  EXPECT_EQ(failure_of([&] { store_.put_grant(pbx_.id, joined, event("x", "pbx")); }).code, "conflict");
  Grant revoked = joined;
  revoked.revoked_by = "root";
  revoked.revoked_at = kNow + 2h;
  store_.put_grant(pbx_.id, revoked, event("enrollment.grant_revoked", "pbx"));
  EXPECT_EQ(store_.grant(grant.id), revoked);
  EXPECT_EQ(failure_of([&] { store_.put_grant(pbx_.id, revoked, event("x", "pbx")); }).code, "conflict");
}

TEST_F(EnrollmentsTest, TellWhatIsWrongWithARow) {
  add();
  sql(bench_.database, "UPDATE enrollments SET state = 'approved'");
  EXPECT_THAT(bench_.inspector.check().findings,
              ::testing::Contains(HasSubstr("column and payload name different states")));
}

TEST_F(EnrollmentsTest, MakeWhatIsAcceptedTheNewestVersion) {
  auto enrollment = add(approved());
  Order own = new_order();
  own.enrollment_id = enrollment.id;
  const SealedKey key = bench_.make_key();
  own = with_key(bench_.orders.open(own, event("order.approved", "pbx")), key);
  own.state = Quarantined{0, testing::trouble("subject_mismatch")};
  own = bench_.orders.save({own, event("order.quarantined", "pbx"), {}, testing::facts("ov"), key.id});
  const auto kept = std::get<Quarantined>(own.state).version_id;
  const Version stand_in = bench_.issue(pbx_);
  EXPECT_EQ(bench_.certificates.current(pbx_.id)->id, stand_in.id);
  own.state = certmgr::Issued{kept};
  enrollment.state = enrollment::Issued{.version_id = kept, .level = {}};
  store_.save({.enrollment = enrollment,
               .events = {event("enrollment.issued", "pbx")},
               .order = own,
               .order_event = event("order.issued", "pbx"),
               .release_version = kept});
  EXPECT_EQ(bench_.certificates.current(pbx_.id)->id, kept);
  EXPECT_EQ(bench_.certificates.current(pbx_.id)->number, 3);
  EXPECT_EQ(bench_.orders.last_issued(pbx_.id)->id, own.id) << "for it the current version was ordered";
  expect_sound();
}

TEST_F(EnrollmentsTest, AreNotLookedAtForTheSakeOfProofsThatAreLeft) {
  auto enrollment = add(approved());
  Order own = new_order();
  own.enrollment_id = enrollment.id;
  own = bench_.orders.open(own, event("order.approved", "pbx"));
  own.state = certmgr::Withdrawn{};
  own.leftovers.emplace_back();
  own = bench_.orders.save({own, event("order.withdrawn", "pbx"), {}, {}, {}});
  enrollment.state = enrollment::Withdrawn{"alice", "it is not needed"};
  enrollment = save(enrollment);
  own.leftovers.clear();
  bench_.orders.save({own, event("order.proofs_withdrawn", "pbx"), {}, {}, {}});
  EXPECT_EQ(claimed(enrollment), ClaimResult::gone);
  expect_sound();
}

}  // namespace
}  // namespace certmgr::store::testing
