// SPDX-License-Identifier: MIT
#include "lab/strict_ca/external_account.h"

#include "lab/strict_ca/jws.h"

namespace certmgr::lab::strict {

std::string verified_external_account(Core& core, const nlohmann::json& binding, const Signed& outer) {
  if (!binding.is_object()) throw Refusal{problems::malformed("externalAccountBinding is not an object")};
  const Jws inner = Jws::parse(binding);
  if (!inner.kid()) throw Refusal{problems::malformed("the binding must name the key by kid")};
  if (inner.nonce()) throw Refusal{problems::malformed("the binding must not have a nonce")};
  if (!inner.algorithm().starts_with("HS"))
    throw Refusal{problems::malformed("the binding must be signed with a MAC")};
  if (inner.url() != outer.url) throw Refusal{problems::malformed("the binding is for " + inner.url())};
  const PublicKey bound = PublicKey::from_jwk(parse_object(inner.payload(), "the binding's payload"));
  if (bound.thumbprint() != outer.key.thumbprint())
    throw Refusal{problems::malformed("the binding holds another account key")};

  const auto known = core.options.external_accounts.find(*inner.kid());
  if (known == core.options.external_accounts.end())
    throw Refusal{problems::unauthorized("there is no external account " + *inner.kid())};
  const auto mac_key = from_base64url(known->second.mac_key);
  if (!mac_key || !inner.has_mac_of(*mac_key))
    throw Refusal{problems::unauthorized("the MAC of the binding does not hold")};
  if (known->second.single_use && !core.ledger.used_external_kids.insert(*inner.kid()).second)
    throw Refusal{problems::unauthorized("the external account " + *inner.kid() + " was used before")};
  return *inner.kid();
}

}  // namespace certmgr::lab::strict
