// SPDX-License-Identifier: MIT
#pragma once

#include "adapters/solvers/alpn_responder.h"
#include "adapters/solvers/listeners.h"
#include "certmgr/ports/solver.h"

namespace certmgr::solvers {

/// tls-alpn-01 (RFC 8737) with a listener of our own, which is open only while a name is pending; or with one
/// that systemd opened.
class TlsAlpn01Listener : public Solver {
 public:
  Result<void> check(const ChallengeSettings& settings) override;
  Result<Publication> publish(const Proof& proof, const ChallengeSettings& settings) override;
  Result<void> withdraw(const Proof& proof, const ChallengeSettings& settings,
                        ChallengeOutcome outcome) override;

 private:
  Listeners<AlpnResponder> listeners_{"tls-alpn-01", "for the tls-alpn-01 challenge"};
};

}  // namespace certmgr::solvers
