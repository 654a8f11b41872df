// SPDX-License-Identifier: MIT
#include "lab/strict_ca/authorizations.h"

#include <algorithm>

#include "lab/strict_ca/identifiers.h"
#include "lab/strict_ca/proofs.h"
#include "lab/strict_ca/strict_json.h"

namespace certmgr::lab::strict {
namespace {

constexpr const char* kUnknownType = "vendor-email-01";

json challenge_json(const Core& core, const Challenge& challenge) {
  json document = {
      {"type", challenge.type}, {"url", core.challenge_url(challenge.id)}, {"status", challenge.status}};
  if (!challenge.token.empty()) document["token"] = challenge.token;
  if (challenge.type == "dns-persist-01") {
    const bool hashed = core.behaviour.persist_draft == PersistDraft::hashed;
    document[hashed ? "issuerDomainNames" : "issuer-domain-names"] = core.options.caa_identities;
  }
  if (challenge.status == "valid") document["validated"] = rfc3339(challenge.validated);
  if (challenge.error) document["error"] = challenge.error->document();
  if (core.behaviour.unknown_members) document["difficulty"] = 7;
  return document;
}

Reply authorization_reply(const Core& core, const Authorization& authorization, int status = 200) {
  json document = {{"identifier", to_json(authorization.identifier)},
                   {"status", authorization.status},
                   {"expires", rfc3339(authorization.expires)},
                   {"challenges", json::array()}};
  if (authorization.wildcard) document["wildcard"] = true;
  if (authorization.subdomains) document["subdomainAuthAllowed"] = true;
  for (const auto& id : authorization.challenges)
    document["challenges"].push_back(challenge_json(core, core.ledger.challenges.at(id)));
  if (core.behaviour.unknown_members) document["weather"] = nullptr;
  auto reply = Reply::with_json(document, status);
  if (!core.behaviour.retry_after_authz.empty())
    reply.headers.emplace("Retry-After", core.behaviour.retry_after_authz);
  return reply;
}

/// RFC 8555 sections 8.3 and 8.4, RFC 8738 section 4: not every challenge suits every identifier.
bool suits(const std::string& type, const Identifier& identifier, bool wildcard) {
  const bool by_dns = type.starts_with("dns-");
  return identifier.type == "ip" ? !by_dns : by_dns || !wildcard;
}

void add_challenge(Core& core, Authorization& authorization, const std::string& type,
                   const std::string& status) {
  Challenge challenge{.id = new_id(), .authorization = authorization.id, .type = type};
  challenge.status = status;
  if (type != "dns-persist-01" && type != kUnknownType) challenge.token = base64url(random_octets(32));
  authorization.challenges.push_back(challenge.id);
  core.ledger.challenges.emplace(challenge.id, challenge);
}

/// One that is valid already: of an earlier order where the CA does that, or proven in advance, for this name
/// or for one above it.
const Authorization* reusable(const Core& core, const std::string& account, const Identifier& bare,
                              bool wildcard) {
  for (const auto& [id, one] : core.ledger.authorizations) {
    if (one.account != account || one.status != "valid" || one.wildcard != wildcard) continue;
    const bool counts_again = core.behaviour.reuse_authorizations || one.in_advance || one.subdomains;
    if (one.identifier == bare && counts_again) return &one;
    if (one.subdomains && bare.type == "dns" && is_below(bare.value, one.identifier.value)) return &one;
  }
  return nullptr;
}

Authorization& owned(Core& core, const Signed& request, const std::string& id) {
  const auto found = core.ledger.authorizations.find(id);
  if (found == core.ledger.authorizations.end()) throw Refusal{problems::not_found("authorization " + id)};
  if (found->second.account != request.account)
    throw Refusal{problems::unauthorized("the authorization belongs to another account")};
  return found->second;
}

}  // namespace

std::string authorization_for(Core& core, const std::string& account, const Identifier& bare, bool wildcard) {
  if (const auto* valid = reusable(core, account, bare, wildcard)) return valid->id;
  Authorization authorization{.id = new_id(), .account = account, .identifier = bare, .wildcard = wildcard};
  authorization.expires = std::chrono::system_clock::now() + std::chrono::hours(24 * 7);
  if (core.behaviour.unknown_challenges_only) {
    authorization.status = "valid";
    add_challenge(core, authorization, kUnknownType, "valid");
  } else {
    for (const auto& type : core.behaviour.challenges)
      if (suits(type, bare, wildcard)) add_challenge(core, authorization, type, "pending");
  }
  return core.ledger.authorizations.emplace(authorization.id, authorization).first->first;
}

Reply new_authorization(Core& core, const Signed& request) {
  const json payload = parse_object(request.payload, "the payload");
  const auto identifier = read_identifier(payload.value("identifier", json()), false);
  // RFC 9444 section 4.2 has it within the identifier.
  if (payload.contains("subdomainAuthAllowed"))
    throw Refusal{problems::malformed("subdomainAuthAllowed stands beside the identifier")};
  const json subdomains = payload["identifier"].value("subdomainAuthAllowed", json(false));
  if (!subdomains.is_boolean())
    throw Refusal{problems::malformed("subdomainAuthAllowed is not true or false")};
  const auto id = authorization_for(core, request.account, identifier, false);
  Authorization& authorization = core.ledger.authorizations.at(id);
  authorization.in_advance = true;
  authorization.subdomains = subdomains.get<bool>() && identifier.type == "dns";
  auto reply = authorization_reply(core, authorization, 201);
  reply.headers.emplace("Location", core.authorization_url(id));
  return reply;
}

Reply authorization(Core& core, Lock& lock, const Signed& request, const std::string& id) {
  Authorization& authorization = owned(core, request, id);
  if (!request.post_as_get()) {
    const json payload = parse_object(request.payload, "the payload");
    if (payload != json{{"status", "deactivated"}})
      throw Refusal{problems::malformed("an authorization can be read or deactivated")};
    authorization.status = "deactivated";
  }
  wait_for_proofs(core, lock, {id});
  return authorization_reply(core, authorization);
}

Reply challenge(Core& core, Lock& lock, const Signed& request, const std::string& id) {
  const auto found = core.ledger.challenges.find(id);
  if (found == core.ledger.challenges.end()) throw Refusal{problems::not_found("challenge " + id)};
  Challenge& challenge = found->second;
  Authorization& authorization = owned(core, request, challenge.authorization);
  if (request.post_as_get()) {
    wait_for_proofs(core, lock, {authorization.id});
  } else {
    // RFC 8555 section 8: none of the types here has members of its own in the response.
    if (!parse_object(request.payload, "the payload").empty())
      throw Refusal{problems::malformed("the answer to a challenge is {}")};
    // The same answer again, because the reply was lost, changes nothing.
    if (authorization.status == "pending" && !authorization.in_progress)
      start_proof(core, authorization, challenge);
  }
  auto reply = Reply::with_json(challenge_json(core, challenge));
  reply.headers.emplace("Link", "<" + core.authorization_url(authorization.id) + ">;rel=\"up\"");
  if (!core.behaviour.retry_after_authz.empty())
    reply.headers.emplace("Retry-After", core.behaviour.retry_after_authz);
  return reply;
}

Problem failure_of(const Core& core, const Authorization& authorization) {
  for (const auto& id : authorization.challenges) {
    const auto& challenge = core.ledger.challenges.at(id);
    if (!challenge.error) continue;
    Problem problem = *challenge.error;
    problem.more["identifier"] = to_json(authorization.identifier);
    return problem;
  }
  return problems::unauthorized("the authorization is " + authorization.status);
}

void wait_for_proofs(Core& core, Lock& lock, const std::vector<std::string>& authorizations) {
  if (!core.behaviour.polls_wait) return;
  core.changed.wait_for(lock, std::chrono::seconds(10), [&] {
    return std::none_of(authorizations.begin(), authorizations.end(),
                        [&](const std::string& id) { return core.ledger.authorizations.at(id).in_progress; });
  });
}

}  // namespace certmgr::lab::strict
