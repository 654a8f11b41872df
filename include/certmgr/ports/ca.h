// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "certmgr/domain/ca_objects.h"
#include "certmgr/domain/issued_check.h"
#include "certmgr/domain/trouble.h"
#include "certmgr/ports/keyring.h"

namespace certmgr {

struct AccountRequest {
  std::vector<std::string> contacts;
  bool terms_agreed = false;
};

/// One ACME server (RFC 8555), spoken to with one account key. Calls block for at most the
/// connection's time limits. Thread-safe. Troubles are `transient` when the same call may succeed
/// later, else `permanent`; the CA's problem document is in why and detail.
class Ca {
 public:
  virtual ~Ca() = default;
  virtual Result<CaMeta> meta() = 0;                                                           // 7.1.1
  virtual Result<CaAccount> register_account(const AccountRequest& request) = 0;               // 7.3
  virtual Result<CaAccount> account() = 0;                                                     // 7.3.2
  virtual Result<CaReply<CaOrder>> new_order(const std::vector<Identifier>& identifiers) = 0;  // 7.4
  virtual Result<std::vector<std::string>> order_urls() = 0;           // 7.1.2.1; empty where not offered
  virtual Result<CaReply<CaOrder>> order(const std::string& url) = 0;  // 7.4
  virtual Result<CaAuthorization> authorization(const std::string& url) = 0;  // 7.5
  virtual Result<void> answer(const std::string& challenge_url) = 0;          // 7.5.1
  virtual Result<CaReply<CaOrder>> finalize(const std::string& order_url, const std::string& finalize_url,
                                            const std::vector<std::uint8_t>& csr_der) = 0;  // 7.4
  virtual Result<ChainFacts> certificate(const std::string& url) = 0;                       // 7.4.2
  virtual AccountFacts account_facts() = 0;
  /// How far our clock was before the CA's (Date header, RFC 9110 section 6.6.1) at its last answer.
  [[nodiscard]] virtual std::optional<Duration> clock_ahead() const { return std::nullopt; }
};

/// Opens a CA by its configured name.
class CaConnector {
 public:
  virtual ~CaConnector() = default;
  /// The directory URL the name stands for; trouble "unknown_ca" with the nearest known name.
  [[nodiscard]] virtual Result<std::string> directory_url(const std::string& ca) const = 0;
  /// `account_url` is empty before the account is known to the CA. One connection is shared by all
  /// callers with the same CA and key.
  virtual Result<std::shared_ptr<Ca>> connect(const std::string& ca, const SealedKey& account_key,
                                              const std::string& account_url) = 0;
};

}  // namespace certmgr
