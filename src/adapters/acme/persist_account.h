// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "certmgr/domain/ca_objects.h"
#include "certmgr/domain/challenge.h"
#include "certmgr/domain/persist_record.h"

namespace certmgr::acme {

/// The hashed account URI of draft-ietf-acme-dns-persist-02 section 4.1, by SHA-256. `domain` is the name the
/// record stands at, or "*": then the URI is the same for every name of the account.
std::string hashed_account_uri(const std::string& prefix, const std::string& domain,
                               const AccountFacts& account);

/// Tells each challenge of dns-persist-01 how its record may name the account (CaChallenge::account_uris). By
/// -02 a pending one whose issuer names contradict the directory (section 3.2) is taken away: it is
/// malformed.
void prepare_persist(CaAuthorization& authorization, const AccountFacts& account, PersistDraft draft,
                     const CaMeta& meta);

}  // namespace certmgr::acme
