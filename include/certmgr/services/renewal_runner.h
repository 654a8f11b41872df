// SPDX-License-Identifier: MIT
#pragma once

#include <functional>

#include "certmgr/domain/renewal.h"
#include "certmgr/ports/clock.h"
#include "certmgr/ports/renewal_info.h"
#include "certmgr/ports/store.h"
#include "certmgr/ports/upkeep.h"
#include "certmgr/services/alarm_desk.h"
#include "certmgr/services/enrollment_desk.h"
#include "certmgr/services/task_runner.h"

namespace certmgr {

/// Looks after certificates (subject: the certificate): orders what is due, judges how orders ended,
/// opens the deployments that are missing, and tells a person when it cannot go on.
class RenewalRunner final : public TaskRunner {
 public:
  struct Parts {
    RenewalStore& renewals;
    RevocationStore& revocations;
    RenewalInfoStore& renewal_infos;
    CertificateStore& certificates;
    OrderStore& orders;
    DeploymentStore& deployments;
    AlarmDesk& alarms;
    Clock& clock;
    std::vector<std::string> fallback_cas{};  // of certificates that name none
    EnrollmentDesk* enrollments = nullptr;    // none: every certificate is of control only
    /// The CA of a certificate of control that may stand in for this one; nothing: none may.
    std::function<std::optional<std::string>(const CertificateSpec&)> stand_in_ca{};
  };
  explicit RenewalRunner(Parts parts) : parts_(std::move(parts)) {}
  StepResult step(std::int64_t certificate_id, Progress& progress) override;
  void let_go(std::int64_t) override {}

 private:
  /// `last`: the newest order; `made_for`: the one that made the current version.
  RenewalFacts facts_of(const Certificate& certificate, std::optional<Order>& last,
                        std::optional<Order>& made_for);
  RenewalStore::Opening draft_of(const Certificate& certificate, const std::string& reason,
                                 const RenewalFacts& facts, const std::optional<Order>& last,
                                 const std::optional<Order>& made_for);
  /// Certificates that vouch for an organization are requested, not ordered.
  void add_enrollment_facts(const Certificate& certificate, RenewalFacts& facts);
  void open_enrollment(const Certificate& certificate, const RenewalFacts& facts, Progress& progress);
  /// An enrollment takes longer than the current version lives: where the owner allows it, a certificate of
  /// control only stands in.
  void stand_in(const Certificate& certificate, const RenewalFacts& facts, const Renewal& renewal,
                const std::optional<Order>& last, Progress& progress);
  /// The one that was waited for may come while what was to stand in for it is still at the CA.
  void end_stand_in(const Certificate& certificate, const RenewalFacts& facts, Progress& progress);
  void open_deployments(const Certificate& certificate, const Version& version);
  [[nodiscard]] std::string what_helps(const Certificate& certificate) const;
  void tell(const Certificate& certificate, const Renewal& before, const Renewal& renewal,
            const RenewalFacts& facts, const std::optional<Order>& last);

  Parts parts_;
};

}  // namespace certmgr
