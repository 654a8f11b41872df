// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "certmgr/services/alarm_desk.h"
#include "certmgr/services/enrollment_desk.h"
#include "certmgr/services/task_runner.h"

namespace certmgr {

/// Moves enrollments (the subject) on where no person has to: gives time its due, looks at the gates, places
/// the order, takes what became of it, and tells whoever must act.
class EnrollmentRunner final : public TaskRunner {
 public:
  struct Parts {
    EnrollmentStore& store;
    EnrollmentDesk& desk;
    OrganizationStore& organizations;
    CertificateStore& certificates;
    OrderStore& orders;
    AlarmDesk& alarms;
    Clock& clock;
    enrollment::Digest sha256;
    /// What a chain says, from its PEM.
    std::function<Result<ChainFacts>(const std::string&)> read_chain;
    std::function<std::vector<CaEntry>()> cas;
    std::function<bool(const std::string& ca)> can_have_account;
  };
  explicit EnrollmentRunner(Parts parts) : parts_(std::move(parts)) {}
  StepResult step(std::int64_t enrollment_id, Progress& progress) override;
  void let_go(std::int64_t) override {}

 private:
  /// What was learned about it since it was saved; nothing: nothing.
  std::optional<enrollment::Event> learned(const enrollment::Enrollment& enrollment);
  std::optional<enrollment::Event> learned_of_order(const enrollment::Enrollment& enrollment,
                                                    const Order& order);
  enrollment::GateFacts gates(const enrollment::Enrollment& enrollment);
  IdentityVerdict judged(const Order& order, std::int64_t version_id);
  std::optional<CaEntry> ca_of(const enrollment::Enrollment& enrollment);
  enrollment::Enrollment save(enrollment::Enrollment after, std::vector<EventDraft> events,
                              std::optional<Instant> wake_at);
  void place(EnrollmentStore::Save& save);
  void keep_open(EnrollmentStore::Save& save, std::int64_t order_id);
  void tell(const enrollment::Enrollment& enrollment, const enrollment::Context& context, bool again);

  Parts parts_;
};

}  // namespace certmgr
