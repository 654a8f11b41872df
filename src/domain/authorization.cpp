// SPDX-License-Identifier: MIT
#include "certmgr/domain/authorization.h"

#include "domain/challenge_choice.h"

namespace certmgr {

std::string_view to_string(AuthorizationState state) {
  switch (state) {
    case AuthorizationState::pending:
      return "pending";
    case AuthorizationState::valid:
      return "valid";
    case AuthorizationState::deactivated:
      return "deactivated";
    case AuthorizationState::failed:
      break;
  }
  return "failed";
}

std::optional<AuthorizationState> parse_authorization_state(std::string_view text) {
  for (const auto state : {AuthorizationState::pending, AuthorizationState::valid,
                           AuthorizationState::deactivated, AuthorizationState::failed})
    if (to_string(state) == text) return state;
  return std::nullopt;
}

Result<Proof> proof_for(const CertificateSpec& spec, const CaAuthorization& seen,
                        const AccountFacts& account) {
  Order order;
  order.spec = spec;
  return choose_proof(order, seen, account);
}

Trouble why_not_valid(const CaAuthorization& seen) { return authorization_failed(seen); }

}  // namespace certmgr
