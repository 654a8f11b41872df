// SPDX-License-Identifier: MIT
#include "adapters/acme/persist_account.h"

#include <algorithm>

#include "crypto/encoding.h"

namespace certmgr::acme {
namespace {

using Names = std::vector<std::string>;

bool is_persist(const CaChallenge& challenge) {
  return challenge.type == to_string(ChallengeType::dns_persist_01);
}

/// Every one of `some` is among `all`.
bool within(const Names& some, const Names& all) {
  return std::all_of(some.begin(), some.end(), [&](const std::string& name) {
    return std::find(all.begin(), all.end(), name) != all.end();
  });
}

/// Names that cannot be compared are as none.
Names normal(const Names& names) {
  Names found;
  for (const auto& name : names) {
    const auto parsed = parse_identifier(name.ends_with('.') ? name.substr(0, name.size() - 1) : name);
    if (!parsed) return {};
    found.push_back(parsed->value);
  }
  return found;
}

bool is_malformed(const CaChallenge& challenge, const CaMeta& meta) {
  const Names caa = normal(meta.caa_identities);
  return challenge.issuer_names.empty() || !within(meta.persist_issuers, challenge.issuer_names) ||
         (!caa.empty() && !within(challenge.issuer_names, caa));
}

}  // namespace

std::string hashed_account_uri(const std::string& prefix, const std::string& domain,
                               const AccountFacts& account) {
  std::string hashed(1, static_cast<char>(domain.size()));  // a name has at most 253 octets
  hashed += domain + account.thumbprint + account.url;
  return prefix + "sha-256/" + crypto::base64url(crypto::sha256(crypto::as_bytes(hashed)));
}

void prepare_persist(CaAuthorization& authorization, const AccountFacts& account, PersistDraft draft,
                     const CaMeta& meta) {
  if (draft == PersistDraft::draft_02)
    std::erase_if(authorization.challenges, [&](const CaChallenge& challenge) {
      return is_persist(challenge) && challenge.status == CaStatus::pending && is_malformed(challenge, meta);
    });
  for (auto& challenge : authorization.challenges) {
    if (!is_persist(challenge)) continue;
    if (draft == PersistDraft::draft_01) {
      challenge.account_uris = {account.url};
    } else if (const auto& prefix = meta.account_hash_prefix; !prefix.empty()) {
      challenge.account_uris = {hashed_account_uri(prefix, authorization.identifier.value, account),
                                hashed_account_uri(prefix, "*", account)};
    }
  }
}

}  // namespace certmgr::acme
