// SPDX-License-Identifier: MIT
#include "domain/challenge_choice.h"

#include <algorithm>

#include "certmgr/domain/retry.h"

namespace certmgr {
namespace {

bool token_is_safe(const std::string& token) {
  return !token.empty() && token.size() <= 256 && std::all_of(token.begin(), token.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

/// The name as it was ordered.
std::string ordered_name(const CaAuthorization& seen) {
  return (seen.wildcard ? "*." : "") + seen.identifier.value;
}

bool contains(const std::vector<ChallengeType>& types, ChallengeType type) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

/// The certificate's ways in the order they are tried for this authorization.
std::vector<ChallengeType> ways_for(const Order& order, const CaAuthorization& seen) {
  const Identifier ordered{seen.identifier.type, ordered_name(seen)};
  std::vector<ChallengeType> ways;
  std::vector<ChallengeType> last;
  const auto add = [&](ChallengeType type) {
    if (can_prove(type, ordered)) (contains(order.avoid, type) ? last : ways).push_back(type);
  };
  add(order.spec.challenge.type);
  for (const auto& other : order.spec.other_challenges) add(other.type);
  ways.insert(ways.end(), last.begin(), last.end());
  return ways;
}

std::string list(const std::vector<ChallengeType>& types) {
  std::string text;
  for (const auto type : types) text += (text.empty() ? "" : ", ") + std::string(to_string(type));
  return text;
}

Trouble not_offered(const CaAuthorization& seen, const std::vector<ChallengeType>& ways) {
  Trouble trouble{.kind = TroubleKind::permanent,
                  .code = "challenge_not_offered",
                  .what = "cannot prove control of " + ordered_name(seen)};
  if (ways.empty()) {
    trouble.why = seen.identifier.type == IdentifierType::ip
                      ? "an address cannot be proven over DNS, and no other way is configured"
                      : "a wildcard can only be proven over DNS, and no such way is configured";
    trouble.hint = seen.identifier.type == IdentifierType::ip ? "use --challenge http-01 or tls-alpn-01"
                                                              : "use --challenge dns-01 --dns PROVIDER";
    return trouble;
  }
  std::string offered;
  for (const auto& challenge : seen.challenges) offered += (offered.empty() ? "" : ", ") + challenge.type;
  trouble.why =
      "the CA does not offer " + list(ways) + " for it, only: " + (offered.empty() ? "nothing" : offered);
  trouble.hint = "configure a challenge type it offers, or order this name from another CA";
  return trouble;
}

std::string advice(const std::string& type, const std::string& name) {
  if (type == "http-01")
    return "see that " + name + " points to this host and that http://" + name +
           "/.well-known/acme-challenge/ reaches it from outside, then run the command again";
  if (type == "tls-alpn-01")
    return "see that " + name +
           " points to this host and that its port 443 leads to the listener of certmgr, then run the "
           "command "
           "again";
  return "look at the TXT record that the CA names as the world sees it, then run the command again";
}

bool may_lack_token(ChallengeType type) { return type == ChallengeType::dns_persist_01; }

}  // namespace

Trouble authorization_failed(const CaAuthorization& seen) {
  const std::string name = ordered_name(seen);
  Trouble trouble{.kind = TroubleKind::permanent,
                  .code = "authorization_failed",
                  .what = "the CA could not verify control of " + name,
                  .why = "the authorization ended without a reason from the CA",
                  .hint = advice("http-01", seen.identifier.value)};
  for (const auto& challenge : seen.challenges) {
    if (!challenge.error) continue;
    trouble.what += " by " + challenge.type;
    trouble.why = challenge.error->why;
    trouble.detail = challenge.error->detail;
    trouble.hint = advice(challenge.type, seen.identifier.value);
    break;
  }
  return trouble;
}

Result<Proof> choose_proof(const Order& order, const CaAuthorization& seen, const AccountFacts& account) {
  const auto ways = ways_for(order, seen);
  for (const auto way : ways) {
    const auto found = std::find_if(seen.challenges.begin(), seen.challenges.end(),
                                    [&](const CaChallenge& c) { return c.type == to_string(way); });
    if (found == seen.challenges.end()) continue;
    if (found->status == CaStatus::invalid) return fail(authorization_failed(seen));
    if (!token_is_safe(found->token) && !(may_lack_token(way) && found->token.empty()))
      return fail({.kind = TroubleKind::permanent,
                   .code = "ca_protocol",
                   .what = "cannot prove control of " + ordered_name(seen),
                   .why = "the CA's token is not base64url (RFC 8555 section 8.3)",
                   .hint = "report this to the CA"});
    Proof proof{seen.url, found->url, way, seen.identifier, found->token};
    if (!proof.token.empty()) proof.key_authorization = proof.token + "." + account.thumbprint;
    proof.account_url = account.url;
    proof.wildcard = seen.wildcard;
    proof.issuer_names = found->issuer_names;
    proof.account_uris = found->account_uris;
    return proof;
  }
  return fail(not_offered(seen, ways));
}

std::vector<ChallengeType> avoided_after(const std::optional<Order>& last) {
  if (!last) return {};
  const auto* failed = std::get_if<Failed>(&last->state);
  if (failed == nullptr || !is_unproven(failed->trouble)) return {};
  std::vector<ChallengeType> avoid = last->avoid;
  for (const auto type : last->refused)
    if (!contains(avoid, type)) avoid.push_back(type);
  const auto left = [&](const ChallengeSettings& way) { return !contains(avoid, way.type); };
  const auto& others = last->spec.other_challenges;
  if (!left(last->spec.challenge) && std::none_of(others.begin(), others.end(), left)) return {};
  return avoid;
}

std::vector<ChallengeType> refused_ways(const CaAuthorization& seen) {
  std::vector<ChallengeType> ways;
  for (const auto& challenge : seen.challenges) {
    const auto type = parse_challenge_type(challenge.type);
    const bool refused = challenge.status == CaStatus::invalid || challenge.error.has_value();
    if (type && refused) ways.push_back(*type);
  }
  return ways;
}

bool has_way_besides(const Order& order, const Proof& proof) {
  const Identifier ordered{proof.identifier.type, (proof.wildcard ? "*." : "") + proof.identifier.value};
  const auto fits = [&](const ChallengeSettings& way) {
    return way.type != proof.type && !contains(order.avoid, way.type) && can_prove(way.type, ordered);
  };
  const auto& others = order.spec.other_challenges;
  return fits(order.spec.challenge) || std::any_of(others.begin(), others.end(), fits);
}

bool has_another_way(const Order& refused) {
  // No more than before: the CA does not offer the others.
  return avoided_after(refused).size() > refused.avoid.size();
}

}  // namespace certmgr
