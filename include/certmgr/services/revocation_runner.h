// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "certmgr/ports/clock.h"
#include "certmgr/ports/revocation_source.h"
#include "certmgr/ports/store.h"
#include "certmgr/ports/upkeep.h"
#include "certmgr/services/alarm_desk.h"
#include "certmgr/services/task_runner.h"

namespace certmgr {

/// Asks the CA about certificates (subject: the certificate) and has one that was revoked renewed at once.
class RevocationRunner final : public TaskRunner {
 public:
  struct Parts {
    RevocationSource& source;
    RevocationStore& revocations;
    CertificateStore& certificates;
    AlarmDesk& alarms;
    Clock& clock;
  };
  explicit RevocationRunner(Parts parts) : parts_(parts) {}
  StepResult step(std::int64_t certificate_id, Progress& progress) override;
  /// The failures in a row outlive the lease: the next try, hours later, needs them.
  void let_go(std::int64_t) override {}

 private:
  StepResult again_at(std::int64_t certificate_id, Instant at);
  StepResult not_told(std::int64_t certificate_id, Trouble trouble);
  StepResult revoked(const Certificate& certificate, const Version& version, const Revocation& revocation);
  void clear_earlier(const Certificate& certificate, const Version& version);
  void forget_failures(std::int64_t certificate_id);

  Parts parts_;
  std::mutex mutex_;
  std::map<std::int64_t, int> failures_;  // of certificates the CA could not be asked about
};

}  // namespace certmgr
