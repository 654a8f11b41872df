// SPDX-License-Identifier: MIT
#pragma once

#include "adapters/store/database.h"
#include "certmgr/ports/clock.h"
#include "certmgr/ports/enrollment_store.h"

namespace certmgr::store {

class SqliteEnrollmentStore final : public EnrollmentStore {
 public:
  SqliteEnrollmentStore(Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  std::optional<enrollment::Enrollment> enrollment(std::int64_t id) override;
  std::optional<enrollment::Enrollment> open_enrollment(std::int64_t certificate_id) override;
  std::optional<enrollment::Enrollment> last_enrollment(std::int64_t certificate_id) override;
  std::vector<enrollment::Enrollment> enrollments(bool only_open, std::int64_t before, int limit) override;
  Wished wish(const Wish& wish) override;
  enrollment::Enrollment save(const Save& save) override;
  void note(const EventDraft& event) override;
  void wake(std::int64_t enrollment_id) override;
  std::optional<enrollment::Grant> grant(std::int64_t id) override;
  std::vector<enrollment::Grant> grants_of(std::int64_t certificate_id) override;
  enrollment::Grant put_grant(std::int64_t certificate_id, const enrollment::Grant& grant,
                              const EventDraft& event) override;

 private:
  Database& database_;
  const Clock& clock_;
};

}  // namespace certmgr::store
