// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "certmgr/domain/account.h"
#include "certmgr/domain/ca_objects.h"
#include "certmgr/domain/issued_check.h"
#include "certmgr/domain/revocation_reason.h"
#include "certmgr/domain/trouble.h"
#include "certmgr/ports/keyring.h"

namespace certmgr {

struct AccountRequest {
  std::vector<std::string> contacts;
  bool terms_agreed = false;
};

/// A chain that was downloaded (section 7.4.2).
struct IssuedChain {
  ChainFacts facts;
  std::vector<std::string> tops;  // of all chains that were looked at: the names at their tops
  bool preferred = true;          // false: none of them was the preferred one
};

/// One ACME server (RFC 8555), spoken to with one account key. Calls block for at most the
/// connection's time limits. Thread-safe. Troubles are `transient` when the same call may succeed
/// later, else `permanent`; the CA's problem document is in why and detail.
class Ca {
 public:
  virtual ~Ca() = default;
  virtual Result<CaMeta> meta() = 0;                                              // 7.1.1
  virtual Result<CaAccount> register_account(const AccountRequest& request) = 0;  // 7.3
  virtual Result<CaAccount> account() = 0;                                        // 7.3.2
  /// `wanted.replaced_chain` is passed over where the CA does not offer renewal information.
  virtual Result<CaReply<CaOrder>> new_order(const NewOrder& wanted) = 0;  // 7.4
  virtual Result<std::vector<std::string>> order_urls() = 0;               // 7.1.2.1; empty where not offered
  virtual Result<CaReply<CaOrder>> order(const std::string& url) = 0;      // 7.4
  virtual Result<CaAuthorization> authorization(const std::string& url) = 0;  // 7.5
  virtual Result<void> answer(const std::string& challenge_url) = 0;          // 7.5.1
  virtual Result<CaReply<CaOrder>> finalize(const std::string& order_url, const std::string& finalize_url,
                                            const std::vector<std::uint8_t>& csr_der) = 0;  // 7.4
  /// The chain that has `preferred_chain` (CertificateSpec) at its top, else the one the CA gives first.
  virtual Result<IssuedChain> certificate(const std::string& url, const std::string& preferred_chain) = 0;
  virtual AccountFacts account_facts() = 0;

  /// By the key alone; nothing is registered (7.3.1). Trouble "acme_accountDoesNotExist".
  virtual Result<CaAccount> find_account() = 0;
  virtual Result<CaAccount> change_contacts(const std::vector<std::string>& contacts) = 0;  // 7.3.2
  virtual Result<CaAccount> deactivate_account() = 0;                                       // 7.3.6
  /// Control of a name proven before anything is ordered (7.4.1); with `subdomains`, for the names below it,
  /// too (RFC 9444). Trouble "not_offered".
  virtual Result<CaAuthorization> new_authorization(const Identifier& identifier, bool subdomains) = 0;
  virtual Result<void> deactivate_authorization(const std::string& url) = 0;  // 7.5.2
  /// Signed by the account, or by the key itself where the connection has no account (7.6): so the key of
  /// the certificate can speak for itself. `chain_pem` is Version::chain_pem.
  virtual Result<void> revoke(const std::string& chain_pem, RevocationReason reason) = 0;
  /// How far our clock was ahead of the CA's (Date header, RFC 9110 section 6.6.1) at its last answer.
  [[nodiscard]] virtual std::optional<Duration> clock_ahead() const { return std::nullopt; }
};

/// Opens a CA by its configured name.
class CaConnector {
 public:
  virtual ~CaConnector() = default;
  /// The directory URL the name stands for; trouble "unknown_ca" with the nearest known name.
  [[nodiscard]] virtual Result<std::string> directory_url(const std::string& ca) const = 0;
  /// Its account's place; the same trouble.
  [[nodiscard]] virtual Result<AccountPlace> account_place(const std::string& ca) const = 0;
  /// The external account that its account is bound to when it is registered (RFC 8555 section 7.3.4).
  struct ExternalAccount {
    std::string kid;
    bool once = false;  // its key binds one account, and no other after it
  };
  /// nullopt: none is configured, or there is no such CA.
  [[nodiscard]] virtual std::optional<ExternalAccount> external_account(const std::string& ca) const = 0;
  /// The names of the CAs whose account this is.
  [[nodiscard]] virtual std::vector<std::string> cas_at(const AccountPlace& place) const = 0;
  /// `account_url` is empty before the account is known to the CA. One connection is shared by all
  /// callers with the same CA and key.
  virtual Result<std::shared_ptr<Ca>> connect(const std::string& ca, const SealedKey& account_key,
                                              const std::string& account_url) = 0;
  /// Replaces the account's key (RFC 8555 section 7.3.5). After a transient trouble the CA may have done so.
  virtual Result<void> change_key(const std::string& ca, const SealedKey& key, const SealedKey& next,
                                  const std::string& account_url) = 0;
};

}  // namespace certmgr
