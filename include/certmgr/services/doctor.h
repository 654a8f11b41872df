// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "certmgr/domain/doctor.h"
#include "certmgr/ports/clock.h"
#include "certmgr/ports/notifier.h"
#include "certmgr/ports/progress.h"
#include "certmgr/services/preflight.h"
#include "certmgr/services/server_registry.h"

namespace certmgr {

/// What the configuration names and `doctor` is to look at.
struct DoctorSettings {
  struct File {
    std::string check;    // "store_key", "dns", "notify", "ca", "deploy"
    std::string subject;  // whose it is: "dns.bind"
    std::string path;
  };
  std::vector<File> secrets{};
  std::vector<File> programs{};
  std::vector<ChallengeSettings> ways{};
  std::vector<std::string> cas{};  // those somebody wrote down, and the default one
  bool terms_agreed = false;
};

/// Looks at everything configured and registered, and says what is wrong and what to do. Changes nothing in
/// the store, on the servers or at the CAs; what it publishes to try a listener is gone when it returns.
class Doctor {
 public:
  struct Parts {
    StoreInspector& inspector;
    CertificateStore& certificates;
    OrderStore& orders;
    ServerRegistry& servers;
    Notifier& notifier;
    const DaemonPresence& daemons;
    CaScout& scout;
    AccountDesk& account_desk;  // one that leaves nothing in the store
    ProofTrial& trial;
    const HostView& host;
    Preflight& preflight;
    Clock& clock;
  };
  Doctor(Parts parts, DoctorSettings settings) : parts_(parts), settings_(std::move(settings)) {}
  /// In the order in which things depend on each other.
  std::vector<Finding> examine(Progress& progress);

 private:
  using Findings = std::vector<Finding>;
  void examine_store(Findings& findings);
  void examine_files(Findings& findings);
  void examine_ways(Findings& findings);
  void examine_cas(const std::vector<Certificate>& certificates, Findings& findings);
  CaHealth health_of(const std::string& ca);
  void examine_certificates(const std::vector<Certificate>& certificates, Findings& findings,
                            Progress& progress);
  void examine_servers(Findings& findings);
  std::vector<Certificate> all_certificates();

  Parts parts_;
  DoctorSettings settings_;
  std::map<std::string, CaFacts> cas_;  // that answered
};

}  // namespace certmgr
