// SPDX-License-Identifier: MIT
#include "certmgr/services/account_desk.h"

namespace certmgr {

AccountDesk::AccountDesk(CaConnector& connector, AccountStore& accounts, CertificateStore& keys,
                         Keyring& keyring, Clock& clock, AccountTerms terms, OrderLimits* limits)
    : connector_(connector),
      accounts_(accounts),
      keys_(keys),
      keyring_(keyring),
      clock_(clock),
      terms_(std::move(terms)),
      limits_(limits) {}

Result<Account> AccountDesk::known_or_new(const std::string& ca, const std::string& directory_url) {
  if (auto known = accounts_.account_for(directory_url)) return *known;
  auto key = keyring_.generate(terms_.key_type, "account");
  if (!key) return fail(std::move(key.error()));
  Account account;
  account.ca = ca;
  account.directory_url = directory_url;
  account.key_id = key->id;
  account.status = "new";
  account.contacts = terms_.contacts;
  account.created_at = clock_.now();
  return accounts_.add_account(account, *key, {"account.created", ca, {{"directory", directory_url}}});
}

Result<void> AccountDesk::register_with(Ca& connection, Account account) {
  const auto meta = connection.meta();
  if (!meta) return fail(meta.error());
  if (!meta->terms_of_service.empty() && !terms_.agreed)
    return fail({.kind = TroubleKind::usage,
                 .code = "terms_not_agreed",
                 .what = "cannot register with the CA " + account.ca,
                 .why = "its terms of service have not been agreed to: " + meta->terms_of_service,
                 .hint = "read them, then add --agree-tos (or agree_tos = true under [defaults])"});
  if (limits_ != nullptr) {
    if (auto waits = limits_->reserve_account(account.ca)) return fail(std::move(*waits));
  }
  account.contacts = terms_.contacts;
  const auto registered = connection.register_account({account.contacts, terms_.agreed});
  if (!registered) return fail(registered.error());
  account.url = registered->url;
  account.status = registered->status;
  account.terms_agreed = terms_.agreed ? meta->terms_of_service : std::string();
  accounts_.change_account(account, {registered->existed ? "account.found" : "account.registered",
                                     account.ca,
                                     {{"url", account.url}, {"status", account.status}}});
  return {};
}

Result<std::shared_ptr<Ca>> AccountDesk::open(const std::string& ca) {
  {
    const std::scoped_lock lock(opening_);
    if (const auto found = open_.find(ca); found != open_.end()) return found->second;
  }
  auto opened = open_anew(ca);
  if (!opened) return opened;
  const std::scoped_lock lock(opening_);
  return open_.insert_or_assign(ca, std::move(*opened)).first->second;
}

Result<std::shared_ptr<Ca>> AccountDesk::open_anew(const std::string& ca) {
  const auto directory_url = connector_.directory_url(ca);
  if (!directory_url) return fail(directory_url.error());
  const auto account = known_or_new(ca, *directory_url);
  if (!account) return fail(account.error());
  const auto key = keys_.key(account->key_id);
  if (!key)
    return fail({.kind = TroubleKind::store,
                 .code = "key_missing",
                 .what = "cannot use the account at the CA " + ca,
                 .why = "its key is not in the store",
                 .hint = "run 'certmgr db check'; restore the store from a backup"});
  auto connection = connector_.connect(ca, *key, account->url);
  if (!connection) return connection;
  if (account->url.empty()) {
    // Orders that begin together shall not each register it. Where another process has, this connection
    // learns the account's URL by asking for it with the same key (RFC 8555 section 7.3.1).
    const std::scoped_lock lock(registering_);
    if (registered_.contains(ca)) return connection;
    if (auto registered = register_with(**connection, *account); !registered) return fail(registered.error());
    registered_.insert(ca);
  }
  return connection;
}

Result<CaAccount> AccountDesk::look_up(const std::string& ca) {
  const auto directory_url = connector_.directory_url(ca);
  if (!directory_url) return fail(directory_url.error());
  const auto account = accounts_.account_for(*directory_url);
  if (!account || account->url.empty())
    return fail({.kind = TroubleKind::usage,
                 .code = "no_account",
                 .what = "cannot show the account at the CA " + ca,
                 .why = "there is none yet",
                 .hint = "the first 'certmgr issue' at this CA registers one"});
  const auto connection = open(ca);
  if (!connection) return fail(connection.error());
  return (*connection)->account();
}

void AccountDesk::forget(const std::string& ca) {
  {
    const std::scoped_lock lock(opening_);
    open_.erase(ca);
  }
  {
    const std::scoped_lock lock(registering_);
    registered_.erase(ca);
  }
  const auto directory_url = connector_.directory_url(ca);
  if (!directory_url) return;
  auto account = accounts_.account_for(*directory_url);
  if (!account) return;
  const std::string lost = account->url;
  account->url.clear();
  account->status = "new";
  accounts_.change_account(*account, {"account.lost", ca, {{"url", lost}}});
}

}  // namespace certmgr
