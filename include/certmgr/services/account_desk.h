// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "certmgr/ports/ca.h"
#include "certmgr/ports/clock.h"
#include "certmgr/ports/store.h"
#include "certmgr/services/order_limits.h"

namespace certmgr {

/// What a user has agreed to and configured for new accounts.
struct AccountTerms {
  std::vector<std::string> contacts;  // "mailto:..."
  bool agreed = false;
  KeyType key_type = KeyType::ecdsa_p256;
};

/// Opens CAs with the account that belongs to them, making it at the first use. The key and the row
/// are stored before the CA is asked, so an interrupted registration ends in the same account.
/// Thread-safe.
class AccountDesk {
 public:
  AccountDesk(CaConnector& connector, AccountStore& accounts, CertificateStore& keys, Keyring& keyring,
              Clock& clock, AccountTerms terms, OrderLimits* limits = nullptr);
  Result<std::shared_ptr<Ca>> open(const std::string& ca);
  /// The CA says that it does not know the account any more: register its key again at the next use.
  void forget(const std::string& ca);
  /// Asks the CA how the account stands (RFC 8555 section 7.3.2). Trouble "no_account" if there is none.
  Result<CaAccount> look_up(const std::string& ca);
  /// An account for this CA, registered if there is none or if it was deactivated.
  Result<Account> enroll(const std::string& ca);
  /// The account as the store has it, known to the CA and in use. Trouble "no_account",
  /// "account_deactivated".
  /// False where there is none and none can be made: the key of its external account was used up. Asks
  /// nobody.
  bool can_have_account(const std::string& ca);
  Result<Account> registered(const std::string& ca);
  /// The CA was sent a new key, and whether it took it is not known: asks by which of the two it knows the
  /// account (RFC 8555 section 7.3.1). If by the new one, that is the account's key from now on; else both
  /// stay.
  Result<Account> settle_key(const std::string& ca, const Account& account);
  /// A refusal may come of the account's key being changed at this moment by another process.
  bool is_changing_key(const std::string& ca);
  /// For registrations from now on.
  void agree(bool agreed) { terms_.agreed = agreed; }
  void set_contacts(std::vector<std::string> contacts) { terms_.contacts = std::move(contacts); }

 private:
  /// An open connection, and the account it speaks for.
  struct Opened {
    std::shared_ptr<Ca> connection;
    Account account;
    Instant looked_at{};  // when the store was asked last whether that is still the account
  };
  std::shared_ptr<Ca> still_open(const std::string& ca);
  Result<Opened> open_anew(const std::string& ca);
  Result<Account> known_or_new(const std::string& ca, const AccountPlace& place);
  Result<Account> make(const std::string& ca, const AccountPlace& place);
  Result<SealedKey> key(const std::string& ca, const std::string& key_id);
  Result<void> register_with(Ca& connection, Account account);

  CaConnector& connector_;
  AccountStore& accounts_;
  CertificateStore& keys_;
  Keyring& keyring_;
  Clock& clock_;
  AccountTerms terms_;
  OrderLimits* limits_;  // nullptr: no CA has any
  std::mutex opening_;
  std::map<std::string, Opened> open_;  // with a known account; guarded by opening_
  std::mutex registering_;
  std::set<std::string> registered_;  // by this process; guarded by registering_
};

}  // namespace certmgr
