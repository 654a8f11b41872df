// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "certmgr/domain/account.h"
#include "certmgr/domain/certificate.h"
#include "certmgr/domain/deployment.h"
#include "certmgr/domain/finding.h"
#include "certmgr/domain/order.h"
#include "certmgr/domain/preflight.h"
#include "certmgr/domain/server.h"

namespace certmgr {

// What `doctor` looks at: facts in, findings out. A problem keeps certificates from being renewed, deployed
// or used, now or when they are due; a warning is for a person to judge.

/// One CA that is configured or used.
struct CaHealth {
  CaFacts facts;
  std::optional<Trouble> unreachable = {};
  std::string terms_of_service = {};  // as the CA names them now
  bool terms_agreed = false;          // for new accounts, by the configuration
  bool external_account_required = false;
  bool external_account = false;  // one is configured
  std::optional<Account> account = {};
  std::string account_status = {};              // as the CA tells it: "valid"
  std::optional<Trouble> account_trouble = {};  // it could not be asked, or does not know the account
};
/// Checks "ca", "clock", "terms", "account".
std::vector<Finding> judge_ca(const CaHealth& ca);

/// How one certificate stands in the store.
struct CertificateHealth {
  Certificate certificate;
  std::optional<Version> current = {};
  std::optional<Order> last_order = {};
};
/// Check "certificate": there, valid, and not left behind by its renewals.
Finding judge_certificate(const CertificateHealth& health, Instant now);

/// One registered server as it is now.
struct ServerHealth {
  Server server;
  std::optional<Trouble> places = {};    // files cannot be written
  std::optional<Trouble> key_file = {};  // the key is not in place, or not private
  std::optional<Trouble> check = {};     // the hook is missing or refuses the configuration
  std::vector<Served> served = {};
  std::string expected = {};  // fingerprint that was deployed last; empty: nothing was deployed
};
/// Check "server", once for each thing that is wrong.
std::vector<Finding> judge_server(const ServerHealth& health);

/// Who looks after all of it.
struct UpkeepHealth {
  std::int64_t certificates = 0;
  std::optional<std::string> orders_by = {};       // "pid 4711" of the daemon; nothing: none runs
  std::optional<std::string> deployments_by = {};  // likewise
  std::vector<std::string> channels = {};          // of notifications
};
/// Checks "daemon", "notify".
std::vector<Finding> judge_upkeep(const UpkeepHealth& health);

}  // namespace certmgr
