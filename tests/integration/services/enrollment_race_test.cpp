// SPDX-License-Identifier: MIT
// Two at one enrollment: the second one saves while the first one decides.
#include <gmock/gmock.h>

#include <utility>

#include "adapters/store/certificate_store.h"
#include "adapters/store/enrollment_store.h"
#include "adapters/store/event_log.h"
#include "adapters/store/order_store.h"
#include "adapters/store/organization_store.h"
#include "certmgr/domain/organization_events.h"
#include "certmgr/services/enrollment_desk.h"
#include "lab/temp_dir.h"
#include "platform/system_clock.h"
#include "unit/domain/organization_builder.h"

namespace certmgr::test {
namespace {

using enrollment::Actor;
using enrollment::Enrollment;
using enrollment::Role;
using ::testing::SizeIs;

const Actor kAlice{"alice", {Role::requester}};
const Actor kBob{"bob", {Role::approver}};

std::string digest(std::string_view bytes) {
  std::string text = std::to_string(std::hash<std::string_view>{}(bytes));
  text.insert(0, 64 - text.size(), '0');
  return text;
}

/// Lets somebody else go first, as often as there are turns, before it saves.
class Interrupted final : public EnrollmentStore {
 public:
  explicit Interrupted(EnrollmentStore& real) : real_(real) {}
  std::function<void()> turn;
  int turns = 1;

  std::optional<Enrollment> enrollment(std::int64_t id) override { return real_.enrollment(id); }
  std::optional<Enrollment> open_enrollment(std::int64_t id) override { return real_.open_enrollment(id); }
  std::optional<Enrollment> last_enrollment(std::int64_t id) override { return real_.last_enrollment(id); }
  std::vector<Enrollment> enrollments(bool only_open, std::int64_t before, int limit) override {
    return real_.enrollments(only_open, before, limit);
  }
  Wished wish(const Wish& wish) override {
    let_go_first();
    return real_.wish(wish);
  }
  Enrollment save(const Save& save) override {
    let_go_first();
    return real_.save(save);
  }
  void note(const EventDraft& event) override { real_.note(event); }
  void wake(std::int64_t id) override { real_.wake(id); }
  std::optional<enrollment::Grant> grant(std::int64_t id) override { return real_.grant(id); }
  std::vector<enrollment::Grant> grants_of(std::int64_t id) override { return real_.grants_of(id); }
  enrollment::Grant put_grant(std::int64_t id, const enrollment::Grant& grant,
                              const EventDraft& event) override {
    let_go_first();
    return real_.put_grant(id, grant, event);
  }

 private:
  void let_go_first() {
    if (turn && turns-- > 0) turn();
  }
  EnrollmentStore& real_;
};

class EnrollmentRace : public ::testing::Test {
 protected:
  EnrollmentRace() {
    const auto record = certmgr::testing::complete_record();
    acme_ = organizations_.add_organization(record, added_event(record));
  }
  EnrollmentDesk desk_on(EnrollmentStore& store) {
    return EnrollmentDesk({store, organizations_, certificates_, orders_, clock_,
                           [this](OrganizationLevel) {
                             enrollment::Rules rules;
                             rules.quorum = quorum_;
                             return rules;
                           },
                           digest});
  }
  CertificateSpec spec(const std::string& name = "pbx.example") const {
    CertificateSpec spec;
    spec.label = "pbx";
    spec.identifiers = {{IdentifierType::dns, name}};
    spec.ca = "sectigo";
    spec.level = "ov";
    spec.organization = acme_.record.name;
    return spec;
  }
  EnrollmentStore::Wished wished(EnrollmentDesk desk, const CertificateSpec& spec) {
    const auto known = certificates_.find(spec.label);
    return desk.wish(spec, known, {known ? "certificate.changed" : "certificate.added", "pbx", {}}, {},
                     kAlice);
  }
  std::int64_t requested() { return wished(desk_on(store_), spec()).enrollment->id; }
  /// What a look of the scheduler does, and nobody sees.
  void look(std::int64_t id) { store_.save({.enrollment = *store_.enrollment(id), .events = {}}); }
  static std::string code_of(const std::function<void()>& work) {
    try {
      work();
    } catch (const Failure& failure) {
      return failure.trouble().code;
    }
    return {};
  }
  void expect_as_wished(const CertificateSpec& spec) {
    const auto certificate = certificates_.find("pbx");
    ASSERT_TRUE(certificate);
    EXPECT_EQ(certificate->spec, spec);
    EXPECT_EQ(store_.open_enrollment(certificate->id)->request.spec, spec);
  }

  lab::TempDir folder_;
  platform::SystemClock clock_;
  store::Database database_{(folder_ / "certmgr.db").string()};
  store::SqliteCertificateStore certificates_{database_, clock_};
  store::SqliteOrderStore orders_{database_, clock_};
  store::SqliteOrganizationStore organizations_{database_, clock_};
  store::SqliteEnrollmentStore store_{database_, clock_};
  store::SqliteEventLog events_{database_, clock_};
  Interrupted interrupted_{store_};
  Organization acme_;
  int quorum_ = 1;
};

TEST_F(EnrollmentRace, ADecisionOutlivesALookOfTheScheduler) {
  const auto id = requested();
  interrupted_.turn = [&] { look(id); };
  interrupted_.turns = 3;
  EXPECT_EQ(desk_on(interrupted_).act(id, enrollment::Approve{kBob, ""}).state(), "approved");
}

TEST_F(EnrollmentRace, AnApprovalIsForWhatWasRequestedWhenItWasGiven) {
  const auto id = requested();
  interrupted_.turn = [&] { wished(desk_on(store_), spec("evil.example")); };
  EXPECT_EQ(code_of([&] { desk_on(interrupted_).act(id, enrollment::Approve{kBob, ""}); }), "scope_changed");
  EXPECT_EQ(desk_on(store_).show(id).state(), "pending_approval");
}

TEST_F(EnrollmentRace, WhoIsTooLateForADecisionIsTold) {
  const auto id = requested();
  interrupted_.turn = [&] { desk_on(store_).act(id, enrollment::Deny{kBob, "no"}); };
  EXPECT_EQ(code_of([&] {
              desk_on(interrupted_).act(id, enrollment::Approve{kBob, ""});
            }),
            "approval_denied");
}

TEST_F(EnrollmentRace, TwoWhoJoinAGrantAreBothInIt) {
  quorum_ = 3;
  const Actor carol{"carol", {Role::approver}};
  const Actor dave{"dave", {Role::approver}};
  const auto id = requested();
  for (const auto& person : {kBob, carol, dave}) desk_on(store_).act(id, enrollment::Approve{person, ""});
  const auto until = clock_.now() + std::chrono::days(30);
  desk_on(store_).grant(id, carol, until);
  interrupted_.turn = [&] { desk_on(store_).grant(id, dave, until); };
  EXPECT_THAT(desk_on(interrupted_).grant(id, kBob, until).words, SizeIs(3));
  EXPECT_THAT(store_.grants_of(certificates_.find("pbx")->id), SizeIs(1));
}

TEST_F(EnrollmentRace, OfTwoWishesOneIsRefusedWhole) {
  interrupted_.turn = [&] { wished(desk_on(store_), spec("first.example")); };
  EXPECT_EQ(code_of([&] { wished(desk_on(interrupted_), spec("second.example")); }), "conflict");
  expect_as_wished(spec("first.example"));
}

TEST_F(EnrollmentRace, OfTwoEditsOneIsRefusedWhole) {
  requested();
  interrupted_.turn = [&] { wished(desk_on(store_), spec("first.example")); };
  EXPECT_EQ(code_of([&] { wished(desk_on(interrupted_), spec("second.example")); }), "conflict");
  expect_as_wished(spec("first.example"));
}

TEST_F(EnrollmentRace, AnEditThatAnApprovalOvertakesChangesNothing) {
  const auto id = requested();
  interrupted_.turn = [&] { desk_on(store_).act(id, enrollment::Approve{kBob, ""}); };
  EXPECT_EQ(code_of([&] { wished(desk_on(interrupted_), spec("second.example")); }), "conflict");
  expect_as_wished(spec());
  EXPECT_EQ(desk_on(store_).show(id).state(), "approved");
}

}  // namespace
}  // namespace certmgr::test
