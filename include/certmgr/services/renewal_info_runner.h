// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "certmgr/ports/clock.h"
#include "certmgr/ports/renewal_info.h"
#include "certmgr/ports/store.h"
#include "certmgr/services/task_runner.h"

namespace certmgr {

/// Asks the CA when it suggests to renew a certificate (subject: the certificate; RFC 9773), keeps what it
/// says, and wakes the renewal when that is news.
class RenewalInfoRunner final : public TaskRunner {
 public:
  struct Parts {
    PublicCa& cas;
    RenewalInfoStore& renewal_infos;
    CertificateStore& certificates;
    OrderStore& orders;
    Clock& clock;
  };
  explicit RenewalInfoRunner(Parts parts) : parts_(parts) {}
  StepResult step(std::int64_t certificate_id, Progress& progress) override;
  /// The failures in a row outlive the lease: the next try needs them.
  void let_go(std::int64_t) override {}

 private:
  StepResult again_at(std::int64_t certificate_id, Instant at);
  StepResult not_told(const Certificate& certificate, Trouble trouble, Progress& progress);
  void keep(const Certificate& certificate, const Version& version, const RenewalInfo& info);

  Parts parts_;
  std::mutex mutex_;
  std::map<std::int64_t, int> failures_;  // of certificates their CA could not be asked about
  std::string told_;  // the last trouble people were told of: not again for each certificate
};

}  // namespace certmgr
