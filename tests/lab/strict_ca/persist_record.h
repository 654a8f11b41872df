// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "lab/strict_ca/proofs.h"

namespace certmgr::lab::strict {

/// What is wrong with a record of dns-persist-01 for this task at this moment, if anything.
std::optional<Problem> fault_of_record(const std::string& record, const ProofTask& task, Moment now);

/// draft-ietf-acme-dns-persist-02 section 4.1: the hash over a domain ("*": for any) as a URI.
std::string hashed_account_uri(const std::string& prefix, const std::string& domain,
                               const std::string& thumbprint, const std::string& account_url);

}  // namespace certmgr::lab::strict
