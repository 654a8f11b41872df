// SPDX-License-Identifier: MIT
#include "lab/strict_ca/nonces.h"

#include "lab/strict_ca/encoding.h"

namespace certmgr::lab::strict {

std::string Nonces::make() { return *fresh_.insert(base64url(random_octets(16))).first; }

NonceState Nonces::take(const std::string& nonce) {
  if (fresh_.erase(nonce) == 1) {
    used_.insert(nonce);
    return NonceState::fresh;
  }
  return used_.contains(nonce) ? NonceState::used : NonceState::unknown;
}

}  // namespace certmgr::lab::strict
