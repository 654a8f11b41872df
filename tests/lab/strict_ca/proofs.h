// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lab/strict_ca/core.h"

namespace certmgr::lab::strict {

/// All that is needed to look at a proof without the CA's state.
struct ProofTask {
  std::string type;  // of the challenge
  Identifier identifier;
  bool wildcard = false;
  std::string token = {};
  std::string key_authorization = {};
  std::string account_url = {};
  std::vector<std::string> thumbprints = {};  // of the account's keys, the current one first
  std::vector<std::string> issuer_names = {};
  PersistDraft persist_draft = PersistDraft::account_url;
  std::string account_hash_prefix = {};
  std::string address = {};  // of the host; for every name the same
  int http_port = 0;
  int tls_port = 0;
  std::string dns_server = {};
};

/// Each takes part in the network for a few seconds at most and says what is wrong, if anything.
std::optional<Problem> look_at_http(const ProofTask& task);      // RFC 8555 section 8.3
std::optional<Problem> look_at_tls_alpn(const ProofTask& task);  // RFC 8737, RFC 8738 section 6
std::optional<Problem> look_at_dns(const ProofTask& task);       // RFC 8555 section 8.4 and two drafts

/// Starts to look in the background. The order and the authorization change when that is done.
void start_proof(Core& core, Authorization& authorization, Challenge& challenge);

}  // namespace certmgr::lab::strict
