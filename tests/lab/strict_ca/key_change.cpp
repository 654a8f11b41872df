// SPDX-License-Identifier: MIT
#include "lab/strict_ca/key_change.h"

#include "lab/strict_ca/jws.h"

namespace certmgr::lab::strict {
namespace {

void demand_free(const Core& core, const PublicKey& key) {
  for (const auto& [id, account] : core.ledger.accounts) {
    if (account.key.thumbprint() != key.thumbprint()) continue;
    Problem problem{.type = "malformed", .status = 409, .detail = "another account has this key"};
    problem.headers.emplace("Location", core.account_url(id));
    throw Refusal{problem};
  }
}

}  // namespace

Reply key_change(Core& core, const Signed& outer) {
  Account& account = core.ledger.accounts.at(outer.account);
  const Jws inner = Jws::parse(parse_object(outer.payload, "the payload"));
  if (!inner.jwk()) throw Refusal{problems::malformed("the inner JWS must hold the new key (jwk)")};
  if (inner.nonce()) throw Refusal{problems::malformed("the inner JWS must not have a nonce")};
  if (inner.url() != outer.url)
    throw Refusal{problems::malformed("the inner and the outer url are not the same")};
  const PublicKey next = PublicKey::from_jwk(*inner.jwk());
  inner.demand_signature_of(next);

  const json payload = parse_object(inner.payload(), "the inner payload");
  if (text_member(payload, "account", "the inner payload") != core.account_url(account.id))
    throw Refusal{problems::malformed("the inner payload names another account")};
  if (!payload.contains("oldKey") ||
      PublicKey::from_jwk(payload["oldKey"]).thumbprint() != account.key.thumbprint())
    throw Refusal{problems::malformed("oldKey is not the account's key")};
  demand_free(core, next);
  account.earlier_thumbprints.push_back(account.key.thumbprint());
  account.key = next;
  return {};
}

}  // namespace certmgr::lab::strict
