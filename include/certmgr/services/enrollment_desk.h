// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "certmgr/domain/ca_entry.h"
#include "certmgr/domain/enrollment/machine.h"
#include "certmgr/ports/clock.h"
#include "certmgr/ports/enrollment_store.h"
#include "certmgr/ports/organization_store.h"
#include "certmgr/ports/store.h"

namespace certmgr {

/// One enrollment with all that people are shown about it.
struct EnrollmentSight {
  enrollment::Enrollment enrollment;
  std::optional<Order> order;  // below it
  std::string organization;    // its name
  std::string request_hash;    // what an approval of the request as it is now is bound to
  int approvals = 0;           // that count
  int quorum = 0;
  bool dual_control = false;
  enrollment::ChangeWindow window;
  enrollment::Turn turn;
  [[nodiscard]] std::string_view state() const {
    return enrollment::shown_state(enrollment.state, order ? &order->state : nullptr);
  }
};

/// What people do with enrollments. Every deed is checked by the domain, also attempts that are refused are
/// on record. Throws Failure (usage) for what may or can not be done, and for a broken store. Thread-safe.
class EnrollmentDesk {
 public:
  struct Parts {
    EnrollmentStore& store;
    OrganizationStore& organizations;
    CertificateStore& certificates;
    OrderStore& orders;
    Clock& clock;
    std::function<enrollment::Rules(OrganizationLevel)> rules;
    enrollment::Digest sha256;
    /// How much earlier a renewal is requested while the CA has not validated the organization.
    std::function<Duration(OrganizationLevel)> lead{};
    /// Unicode's normal form C, in which names are compared.
    std::function<std::string(std::string_view)> normal_form{};
    int open_per_person = 100;  // who has no way to the store
  };
  explicit EnrollmentDesk(Parts parts) : parts_(std::move(parts)) {}

  /// Whether the certificate may be changed to this: organization, record, person, and what its open
  /// enrollment is about. `known`: as it is now. Changes nothing.
  void check(const CertificateSpec& spec, const std::optional<Certificate>& known,
             const enrollment::Actor& by);
  /// What nobody but the certificates knows of one.
  struct Need {
    bool wanted = true;    // something is to be had; false: no enrollment is opened for it
    bool renewal = false;  // it was issued like this before
  };
  /// The certificate is `spec` from now on, and its enrollment is opened and submitted, or edited: what is
  /// approved of it is void then. One that is on its way is left alone. Both or neither: Failure "conflict"
  /// where somebody has changed one of the two since `known` was read. `event`: of the certificate.
  EnrollmentStore::Wished wish(const CertificateSpec& spec, const std::optional<Certificate>& known,
                               const EventDraft& event, const Need& need, const enrollment::Actor& by);
  /// Throws Failure "too_many_requests" (usage) for who has opened as many that are open as one person may.
  void refuse_too_many(const enrollment::Actor& by);
  std::optional<enrollment::Enrollment> open_enrollment(const Certificate& certificate);
  std::optional<enrollment::Enrollment> last_enrollment(const Certificate& certificate);

  /// Newest first, ids below `before` (0: from the newest on).
  std::vector<EnrollmentSight> list(const enrollment::Actor& by, bool only_open, std::int64_t before,
                                    int limit);
  EnrollmentSight show(std::int64_t id);
  /// For enrollment::Approve an empty request_hash stands for the request as it is now.
  EnrollmentSight act(std::int64_t id, enrollment::Event event);

  /// Begins a grant for the renewals of what this enrollment requests, or joins the one that is waiting for
  /// more persons.
  enrollment::Grant grant(std::int64_t id, const enrollment::Actor& by, Instant until);
  enrollment::Grant revoke_grant(std::int64_t grant_id, const enrollment::Actor& by);
  std::vector<enrollment::Grant> grants(std::int64_t enrollment_id);

  /// What its organization is called by the record as it is now; empty: there is no such enrollment.
  std::vector<SubjectAttribute> subject_today(std::int64_t enrollment_id);
  /// Those that are not at their end.
  std::vector<enrollment::Enrollment> open_of(const Organization& organization);

  /// How much earlier than one of control only its renewal is to be requested.
  Duration lead(const Certificate& certificate);

  /// The rules for an enrollment, as they are now.
  enrollment::Context context(const enrollment::Enrollment& enrollment);
  EnrollmentSight look(enrollment::Enrollment enrollment);

 private:
  Organization organization_of(const std::string& name);
  std::string name_of_organization(std::int64_t id);
  std::vector<SubjectAttribute> composed(std::vector<SubjectAttribute> subject) const;
  enrollment::Request request_for(const CertificateSpec& spec);
  void add_new(EnrollmentStore::Wish& wish, std::int64_t certificate_id, bool renewal,
               const enrollment::Actor& by);
  void add_edit(EnrollmentStore::Wish& wish, const enrollment::Enrollment& open, const enrollment::Actor& by);
  enrollment::Grant grant_once(std::int64_t id, const enrollment::Actor& by, Instant until);
  EnrollmentSight act_once(std::int64_t id, const enrollment::Event& event);
  std::optional<enrollment::Grant> covering_grant(const enrollment::Enrollment& enrollment,
                                                  const enrollment::Context& context);
  enrollment::Enrollment existing(std::int64_t id);
  [[noreturn]] void refuse(const enrollment::Enrollment& enrollment, const enrollment::Event& event,
                           Trouble trouble);
  void add_consequences(EnrollmentStore::Save& save, const enrollment::Enrollment& before,
                        const enrollment::Event& event);

  Parts parts_;
};

}  // namespace certmgr
