// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "certmgr/ports/authorization_store.h"
#include "certmgr/ports/name_encoder.h"
#include "certmgr/ports/progress.h"
#include "certmgr/ports/solver.h"
#include "certmgr/services/account_desk.h"
#include "certmgr/services/certificate_desk.h"

namespace certmgr {

struct AuthorizeRequest {
  std::string name;  // as typed
  std::optional<std::string> ca;
  std::optional<ChallengeSettings> challenge;
  bool subdomains = false;
  Duration timeout = std::chrono::minutes(5);
};

/// Control of names apart from orders: proven in advance (RFC 8555 section 7.4.1), given back (7.5.2).
/// Throws Failure. Runs in the foreground: an authorization that nobody waits for proves nothing.
class AuthorizationDesk {
 public:
  struct Parts {
    AccountDesk& accounts;
    AuthorizationStore& authorizations;
    CertificateStore& certificates;
    OrderStore& orders;
    const NameEncoder& names;
    Solver& solver;
    Clock& clock;
  };
  AuthorizationDesk(Parts parts, IssueDefaults defaults) : parts_(parts), defaults_(std::move(defaults)) {}

  /// Proves control of the name. A proof is stored before it is published, and what an interrupted call has
  /// left is withdrawn by the next one, which goes on with the same authorization.
  Preauthorization authorize(const AuthorizeRequest& request, Progress& progress);
  /// Gives back every valid authorization for the name that the store knows of, from `authorize` and from
  /// the newest orders. Returns their URLs.
  std::vector<std::string> deauthorize(const std::string& name, const std::optional<std::string>& ca);

 private:
  CertificateSpec spec_of(const AuthorizeRequest& request) const;
  /// `leftovers`: what the next one is to go on with, where there is none to be used.
  std::optional<Preauthorization> left_over(Ca& ca, const CertificateSpec& spec, bool subdomains,
                                            std::vector<Leftover>& leftovers, Progress& progress);
  Preauthorization begin(Ca& ca, const CertificateSpec& spec, bool subdomains,
                         std::vector<Leftover> leftovers, CaAuthorization& seen);
  void prove(Ca& ca, Preauthorization& authorization, const CaAuthorization& seen, Instant deadline,
             Progress& progress);
  void publish(const Proof& proof, const ChallengeSettings& way, Instant deadline);
  void await(Ca& ca, Preauthorization& authorization, Instant deadline);
  /// What cannot be withdrawn stays recorded.
  void withdraw(Preauthorization& authorization, Progress& progress);
  void save(const Preauthorization& authorization, const std::string& kind);
  void pause_until(Instant at);
  std::vector<std::string> known_urls(Ca& ca, const std::string& ca_name, const Identifier& identifier);

  Parts parts_;
  IssueDefaults defaults_;
};

}  // namespace certmgr
