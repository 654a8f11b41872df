// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "certmgr/domain/preflight.h"
#include "certmgr/ports/ca_scout.h"
#include "certmgr/ports/daemon_presence.h"
#include "certmgr/ports/host_view.h"
#include "certmgr/ports/proof_trial.h"
#include "certmgr/ports/resolver.h"
#include "certmgr/services/account_desk.h"

namespace certmgr {

/// What is looked at before an order is placed (docs/decisions/0014-preflight.md). Takes as long as the
/// slowest name: they are looked at side by side, each question has a time limit, and a resolver that does
/// not answer is asked no more. Thread-safe.
class Preflight {
 public:
  struct Parts {
    Resolver& resolver;
    ProofTrial& trial;
    const HostView& host;
    AccountDesk& accounts;
    CaScout& scout;
    const DaemonPresence& daemons;
  };
  /// `ask_dns` false: the DNS is left alone, and what it would say is not judged.
  Preflight(Parts parts, bool ask_dns) : parts_(parts), ask_dns_(ask_dns) {}

  /// For an order that will be placed in this process or by a daemon: the CA is seen through the account that
  /// will order, which costs no request that the order would not make.
  std::vector<Finding> before_order(const CertificateSpec& spec);
  /// Check "clock" by the answers that this process has had from the CA meanwhile; nothing where it has had
  /// none.
  std::optional<Finding> clock(const std::string& ca) const;
  /// For who orders nothing from this CA: it is seen by its directory alone, and no account is made.
  std::vector<Finding> without_account(const CertificateSpec& spec);
  /// What the DNS says of the names, and nothing else.
  std::vector<Finding> names_only(const CertificateSpec& spec, const std::optional<CaFacts>& ca);

 private:
  PreflightFacts look(const CertificateSpec& spec, bool try_proofs) const;
  void look_at(NameFacts& name, const CertificateSpec& spec, bool try_proof, std::atomic<bool>& silent,
               std::optional<Trouble>& unpublished) const;
  [[nodiscard]] std::optional<CaFacts> through_account(const std::string& ca) const;
  [[nodiscard]] std::optional<CaFacts> by_directory(const std::string& ca) const;

  Parts parts_;
  bool ask_dns_;
};

}  // namespace certmgr
