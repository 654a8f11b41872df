// SPDX-License-Identifier: MIT
#include "lab/strict_ca/gate.h"

#include "lab/strict_ca/jws.h"

namespace certmgr::lab::strict {
namespace {

void demand_headers(const Request& request) {
  // RFC 8555 section 6.2; the type has no parameters.
  if (request.header("content-type").value_or("") != "application/jose+json")
    throw Refusal{problems::malformed("the content type must be application/jose+json", 415)};
  if (request.header("user-agent").value_or("").empty())
    throw Refusal{problems::malformed("a client must send a User-Agent (RFC 8555 section 6.1)")};
}

const Account& account_of(const Core& core, const std::string& kid) {
  const std::string prefix = core.account_url("");
  const auto found = kid.starts_with(prefix) ? core.ledger.accounts.find(kid.substr(prefix.size()))
                                             : core.ledger.accounts.end();
  if (found == core.ledger.accounts.end())
    throw Refusal{{.type = "accountDoesNotExist", .detail = "there is no account " + kid}};
  if (found->second.status != "valid")
    throw Refusal{problems::unauthorized("the account is " + found->second.status, 401)};
  return found->second;
}

void demand_nonce(Core& core, const Jws& jws) {
  if (!jws.nonce()) throw Refusal{problems::malformed("the protected header has no nonce")};
  if (!from_base64url(*jws.nonce())) throw Refusal{problems::malformed("the nonce is not base64url")};
  const auto state = core.nonces.take(*jws.nonce());
  const bool unlucky =
      static_cast<unsigned char>(random_octets(1)[0]) % 100 < core.behaviour.bad_nonce_percent;
  if (state == NonceState::fresh && !unlucky) return;
  // A nonce from before a restart is an honest mistake, the same one twice is not.
  throw Refusal{{.type = "badNonce",
                 .detail = "the nonce is not good (any more)",
                 .forbidden = state == NonceState::used}};
}

}  // namespace

Signed authenticate(Core& core, const Request& request, Signer wanted) {
  demand_headers(request);
  const Jws jws = Jws::parse(parse_object(request.body, "the body"));
  if (jws.kid() && wanted == Signer::bare_key)
    throw Refusal{problems::malformed("this resource wants the key itself (jwk)")};
  if (jws.jwk() && wanted == Signer::account)
    throw Refusal{problems::malformed("this resource wants the account's URL (kid)")};
  Signed result{.payload = jws.payload(), .url = jws.url()};
  if (jws.kid()) {
    const auto& account = account_of(core, *jws.kid());
    result.account = account.id;
    result.key = account.key;
  } else {
    result.key = PublicKey::from_jwk(*jws.jwk());
  }
  jws.demand_signature_of(result.key);
  if (jws.url() != core.url(request.target)) {
    // RFC 8555 section 6.4: unauthorized, not malformed.
    throw Refusal{problems::broken_rule("unauthorized", "the signed url is " + jws.url(), 403)};
  }
  demand_nonce(core, jws);
  return result;
}

void demand_accepted(const Request& request, const std::string& media_type) {
  const auto accept = request.header("accept");
  if (!accept) return;
  const std::string whole_kind = media_type.substr(0, media_type.find('/')) + "/*";
  for (const auto& fits : {media_type, whole_kind, std::string("*/*")})
    if (accept->find(fits) != std::string::npos) return;
  throw Refusal{problems::malformed("the reply is " + media_type + ", which Accept leaves out", 406)};
}

}  // namespace certmgr::lab::strict
