// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "certmgr/domain/ca_objects.h"
#include "certmgr/domain/order.h"

namespace certmgr {

enum class AuthorizationState {
  pending,      // the CA waits for a proof
  valid,        // orders need no further proof
  deactivated,  // given back by its owner
  failed,       // the CA has not accepted the proof, or it has ended
};
std::string_view to_string(AuthorizationState state);
std::optional<AuthorizationState> parse_authorization_state(std::string_view text);

/// Control of a name, proven before anything is ordered (RFC 8555 section 7.4.1).
struct Preauthorization {
  std::string url;          // at the CA
  CertificateSpec spec;     // one identifier, the CA, the ways of proof; nothing else counts
  bool subdomains = false;  // also for the names below it (RFC 9444)
  AuthorizationState state = AuthorizationState::pending;
  std::optional<Instant> expires{};
  std::optional<Proof> published{};   // to be withdrawn once the CA has looked
  std::vector<Leftover> leftovers{};  // that could not be withdrawn; the next call tries again
  Instant created_at{};
  [[nodiscard]] const Identifier& identifier() const { return spec.identifiers.front(); }
};

/// What to publish, as for an order of this spec.
Result<Proof> proof_for(const CertificateSpec& spec, const CaAuthorization& seen,
                        const AccountFacts& account);

/// Why the CA does not call it valid.
Trouble why_not_valid(const CaAuthorization& seen);

}  // namespace certmgr
