// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "certmgr/domain/certificate.h"
#include "certmgr/domain/enrollment/enrollment.h"
#include "certmgr/domain/event.h"
#include "certmgr/domain/order.h"

namespace certmgr {

/// Enrollments with all approvals they were given, and grants. Every change is one transaction with its
/// events. Thread-safe; throws Failure like the other stores.
class EnrollmentStore {
 public:
  virtual ~EnrollmentStore() = default;
  virtual std::optional<enrollment::Enrollment> enrollment(std::int64_t id) = 0;
  /// The one of this certificate that is not final, if there is one. At most one exists.
  virtual std::optional<enrollment::Enrollment> open_enrollment(std::int64_t certificate_id) = 0;
  /// The newest one, open or not.
  virtual std::optional<enrollment::Enrollment> last_enrollment(std::int64_t certificate_id) = 0;
  /// Newest first, ids below `before` (0: from the newest on), at most `limit`.
  virtual std::vector<enrollment::Enrollment> enrollments(bool only_open, std::int64_t before, int limit) = 0;

  /// What a certificate is to be, with the enrollment that asks for it.
  struct Wish {
    CertificateSpec spec;
    std::optional<CertificateSpec> seen;  // what it was to be when that was decided; nothing: there was none
    EventDraft event{};                   // if it changes
    std::int64_t open_id = 0;             // of the enrollment that was open then; 0: none
    /// Id 0: made, for this certificate, and its id goes into the events; else changed, as by save().
    std::optional<enrollment::Enrollment> enrollment{};
    std::vector<EventDraft> events{};
  };
  struct Wished {
    Certificate certificate;
    std::optional<enrollment::Enrollment> enrollment;  // as it is now, if the wish had one
  };
  /// Both, or neither: Failure "conflict" where one of the two is not as it was when the wish was made. The
  /// task of the enrollment is due at once.
  virtual Wished wish(const Wish& wish) = 0;

  struct Save {
    enrollment::Enrollment enrollment;  // refused (Failure "conflict") unless its revision is the stored one
    std::vector<EventDraft> events;
    /// When its task is due next; nothing: when somebody saves it. That of a final one ends.
    std::optional<Instant> wake_at{};
    /// Id 0: opened in the same commit, and its id goes into enrollment::Ordered; else saved.
    std::optional<Order> order{};
    EventDraft order_event{};
    std::int64_t release_version = 0;  // a person has accepted it: it is quarantined no longer; 0: none
  };
  /// Returns the enrollment with its new revision. A final state wakes the upkeep of the certificate.
  virtual enrollment::Enrollment save(const Save& save) = 0;
  /// A line of the audit log alone: somebody tried what is not allowed.
  virtual void note(const EventDraft& event) = 0;
  /// Its task is due now: something it waits for may have happened.
  virtual void wake(std::int64_t enrollment_id) = 0;

  virtual std::optional<enrollment::Grant> grant(std::int64_t id) = 0;
  /// Newest first, revoked and ended ones too.
  virtual std::vector<enrollment::Grant> grants_of(std::int64_t certificate_id) = 0;
  /// Id 0: makes it. Failure "conflict" where another process has changed it since it was read.
  virtual enrollment::Grant put_grant(std::int64_t certificate_id, const enrollment::Grant& grant,
                                      const EventDraft& event) = 0;
};

}  // namespace certmgr
