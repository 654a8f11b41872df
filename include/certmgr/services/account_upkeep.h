// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "certmgr/services/account_desk.h"

namespace certmgr {

/// An order as the CA's list has it.
struct ListedOrder {
  std::string url;
  bool ours = false;             // the store knows it
  std::optional<CaOrder> order;  // nothing: the CA does not tell any more
};

struct OrderList {
  std::vector<ListedOrder> newest_first;
  std::size_t total = 0;  // in the CA's list, as far as it was read
};

/// What a person does with an account that is there. Each call asks the CA first and stores what it
/// confirmed. Throws Failure; "no_account" and "account_deactivated" as AccountDesk.
class AccountUpkeep {
 public:
  struct Parts {
    AccountDesk& desk;
    CaConnector& connector;
    AccountStore& accounts;
    CertificateStore& certificates;
    OrderStore& orders;
    Keyring& keyring;
  };
  explicit AccountUpkeep(Parts parts) : parts_(parts) {}

  /// "mailto:..."; none: the CA is to know no address.
  Account change_contacts(const std::string& ca, const std::vector<std::string>& contacts);
  /// RFC 8555 section 7.3.5. The new key is stored before the CA hears of it, and the old one is kept until
  /// the CA has confirmed: one of the two is always the account's. A change that was interrupted is brought
  /// to its end first; `type` then counts for nothing.
  Account change_key(const std::string& ca, std::optional<KeyType> type);
  /// The account ends, for good. A CA that says it has ended already is believed.
  Account deactivate(const std::string& ca);
  /// Labels of the certificates that are ordered with this account.
  std::vector<std::string> certificates_of(const std::string& ca);
  /// RFC 8555 section 7.1.2.1. Asks about the `limit` newest. Trouble "not_offered" where the CA keeps no
  /// list.
  OrderList orders(const std::string& ca, std::size_t limit);

 private:
  Account store(const Account& account, const std::string& kind);
  void abandon(const Account& account, const Trouble& trouble);
  SealedKey key(const std::string& key_id);

  Parts parts_;
};

}  // namespace certmgr
