// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "certmgr/domain/certificate.h"
#include "certmgr/domain/certificate_level.h"
#include "certmgr/domain/key_type.h"
#include "certmgr/domain/persist_record.h"
#include "certmgr/domain/rate_limit.h"

namespace certmgr {

/// A CA as somebody declared it: [ca.NAME] of the configuration or of a fleet file, or one built in. It
/// names the files that hold secrets, never the secrets.
struct CaEntry {
  std::string name;
  std::string directory;
  std::string account;  // name of the account there; empty: the usual one (AccountPlace)
  std::string ca_bundle;
  std::string eab_kid;
  std::string eab_hmac_file;
  std::optional<KeyType> key_type;  // of certificates ordered there
  ProfileChoice profile{};          // likewise
  std::string preferred_chain{};    // likewise
  std::chrono::seconds timeout = std::chrono::seconds(30);
  int at_once = 8;            // requests at the same moment
  int orders_per_minute = 0;  // begun; 0: as many as there are
  RateLimits limits{};        // that orders are kept within
  std::string staging{};      // name of the CA that `issue --dry-run` orders from; empty: none is known
  PersistDraft persist_draft = PersistDraft::draft_01;  // how it reads records of dns-persist-01
  bool built_in = false;                                // nobody wrote it down
  /// What can be ordered there: its directory and external account decide that at most CAs.
  std::vector<CertificateLevel> levels = {CertificateLevel::dv};
  bool public_rules = true;        // of the CA/Browser Forum: reserved policies, a longest life
  bool placeholder_first = false;  // it may send a certificate of a lower level before the right one
  bool eab_once = false;           // the key of the external account registers one account
  bool operator==(const CaEntry&) const = default;
};

}  // namespace certmgr
