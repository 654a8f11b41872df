// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "certmgr/domain/persist_record.h"
#include "certmgr/domain/trouble.h"

namespace certmgr::acme {

/// External account binding (RFC 8555 section 7.3.4).
struct ExternalAccount {
  std::string kid;
  std::string hmac_file{};  // holds the base64url key the CA gave; never on a command line
  bool once = false;        // it binds one account, and no other after it
};

/// One configured CA.
struct CaSettings {
  std::string name;
  std::string directory_url;
  std::string ca_bundle;  // PEM file with the roots that may sign the CA's own HTTPS; empty: the system's
  std::chrono::milliseconds timeout = std::chrono::seconds(30);  // of one request, in whole
  std::optional<ExternalAccount> external_account;
  std::string account{};  // AccountPlace::name
  PersistDraft persist_draft = PersistDraft::draft_01;
};

/// Asked each time a name is looked up: CAs may be declared meanwhile.
using KnownCas = std::function<std::vector<CaSettings>()>;

/// Trouble "unknown_ca" (usage) with the nearest known name.
Result<CaSettings> settings_of(const KnownCas& cas, const std::string& ca);

}  // namespace certmgr::acme
