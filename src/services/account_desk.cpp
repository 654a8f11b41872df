// SPDX-License-Identifier: MIT
#include "certmgr/services/account_desk.h"

namespace certmgr {
namespace {

/// For so long what the store said about an account holds.
constexpr Duration kLookedAtLately = std::chrono::milliseconds(500);

Trouble ended(const std::string& ca, const Account& account) {
  return {.kind = TroubleKind::configuration,
          .code = "account_deactivated",
          .what = "cannot use the account at the CA " + ca,
          .why = "it was deactivated: " + account.url,
          .hint = "'certmgr account register " + ca + "' makes a new one"};
}

Trouble used_up(const std::string& ca, const std::string& kid) {
  return {
      .kind = TroubleKind::configuration,
      .code = "eab_consumed",
      .what = "cannot register with the CA " + ca,
      .why = "the key of the external account " + kid + " has registered an account, and does so once",
      .hint = "get another one from the CA's portal, and set eab_kid and eab_hmac_file of [ca." + ca + "]"};
}

}  // namespace

AccountDesk::AccountDesk(CaConnector& connector, AccountStore& accounts, CertificateStore& keys,
                         Keyring& keyring, Clock& clock, AccountTerms terms, OrderLimits* limits)
    : connector_(connector),
      accounts_(accounts),
      keys_(keys),
      keyring_(keyring),
      clock_(clock),
      terms_(std::move(terms)),
      limits_(limits) {}

Result<Account> AccountDesk::known_or_new(const std::string& ca, const AccountPlace& place) {
  auto known = accounts_.account_at(place);
  if (!known) return make(ca, place);
  if (is_deactivated(*known)) return fail(ended(ca, *known));
  return *known;
}

Result<Account> AccountDesk::make(const std::string& ca, const AccountPlace& place) {
  auto key = keyring_.generate(terms_.key_type, "account");
  if (!key) return fail(std::move(key.error()));
  Account account;
  account.ca = ca;
  account.directory_url = place.directory_url;
  account.name = place.name;
  account.key_id = key->id;
  account.status = "new";
  account.contacts = terms_.contacts;
  account.created_at = clock_.now();
  return accounts_.add_account(account, *key, {"account.created", ca, {{"directory", place.directory_url}}});
}

Result<SealedKey> AccountDesk::key(const std::string& ca, const std::string& key_id) {
  if (auto found = keys_.key(key_id)) return *found;
  return fail({.kind = TroubleKind::store,
               .code = "key_missing",
               .what = "cannot use the account at the CA " + ca,
               .why = "its key is not in the store",
               .hint = "run 'certmgr db check'; restore the store from a backup"});
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
  const auto external = connector_.external_account(account.ca);
  if (external && external->once && accounts_.external_account_used(account.directory_url, external->kid))
    return fail(used_up(account.ca, external->kid));
  account.contacts = terms_.contacts;
  const auto registered = connection.register_account({account.contacts, terms_.agreed});
  if (!registered) return fail(registered.error());
  account.url = registered->url;
  account.status = registered->status;
  account.terms_agreed = terms_.agreed ? meta->terms_of_service : std::string();
  accounts_.change_account(account,
                           {registered->existed ? "account.found" : "account.registered",
                            account.ca,
                            {{"url", account.url}, {"status", account.status}}},
                           external && !registered->existed ? external->kid : std::string());
  return {};
}

/// Another process may have given the account a new key, or ended it: the store knows. Each of many orders
/// need not ask: what a CA refuses because of it is looked into anyway (is_changing_key).
std::shared_ptr<Ca> AccountDesk::still_open(const std::string& ca) {
  Opened opened;
  {
    const std::scoped_lock lock(opening_);
    const auto found = open_.find(ca);
    if (found == open_.end()) return nullptr;
    const Instant now = clock_.now();
    const Duration since = now - found->second.looked_at;
    if (since >= Duration::zero() && since < kLookedAtLately) return found->second.connection;
    found->second.looked_at = now;
    opened = found->second;
  }
  const auto now = accounts_.account_at(opened.account.place());
  const bool same = now && now->id == opened.account.id && now->key_id == opened.account.key_id;
  if (same && !is_deactivated(*now)) return opened.connection;
  const std::scoped_lock lock(opening_);
  open_.erase(ca);
  return nullptr;
}

Result<std::shared_ptr<Ca>> AccountDesk::open(const std::string& ca) {
  if (auto known = still_open(ca)) return known;
  auto opened = open_anew(ca);
  if (!opened) return fail(std::move(opened.error()));
  const std::scoped_lock lock(opening_);
  return open_.insert_or_assign(ca, std::move(*opened)).first->second.connection;
}

Result<AccountDesk::Opened> AccountDesk::open_anew(const std::string& ca) {
  const auto place = connector_.account_place(ca);
  if (!place) return fail(place.error());
  auto account = known_or_new(ca, *place);
  if (account && !account->next_key_id.empty()) account = settle_key(ca, *account);
  if (!account) return fail(std::move(account.error()));
  const auto sealed = key(ca, account->key_id);
  if (!sealed) return fail(sealed.error());
  auto connection = connector_.connect(ca, *sealed, account->url);
  if (!connection) return fail(std::move(connection.error()));
  if (account->url.empty()) {
    // Orders that begin together shall not each register it. Where another process has, this connection
    // learns the account's URL by asking for it with the same key (RFC 8555 section 7.3.1).
    const std::scoped_lock lock(registering_);
    if (!registered_.contains(ca)) {
      if (auto done = register_with(**connection, *account); !done) return fail(std::move(done.error()));
      registered_.insert(ca);
    }
  }
  return Opened{std::move(*connection), std::move(*account)};
}

Result<Account> AccountDesk::settle_key(const std::string& ca, const Account& account) {
  const auto next = key(ca, account.next_key_id);
  if (!next) return fail(next.error());
  const auto connection = connector_.connect(ca, *next, account.url);
  if (!connection) return fail(connection.error());
  const auto found = (*connection)->find_account();
  const bool unknown = !found && found.error().code == "acme_accountDoesNotExist";
  if (!found && !unknown) return fail(found.error());
  if (unknown || found->url != account.url) return account;
  return accounts_.end_key_change(
      account, account.next_key_id,
      {"account.key_changed", ca, {{"url", account.url}, {"spki_sha256", next->spki_sha256}}});
}

bool AccountDesk::is_changing_key(const std::string& ca) {
  Opened opened;
  {
    const std::scoped_lock lock(opening_);
    const auto found = open_.find(ca);
    if (found == open_.end()) return false;
    opened = found->second;
  }
  const auto now = accounts_.account_at(opened.account.place());
  if (!now || (now->key_id == opened.account.key_id && now->next_key_id.empty())) return false;
  const std::scoped_lock lock(opening_);
  open_.erase(ca);
  return true;
}

bool AccountDesk::can_have_account(const std::string& ca) {
  const auto place = connector_.account_place(ca);
  const auto external = connector_.external_account(ca);
  if (!place || !external || !external->once) return true;
  const auto account = accounts_.account_at(*place);
  if (account && !account->url.empty() && !is_deactivated(*account)) return true;
  return !accounts_.external_account_used(place->directory_url, external->kid);
}

Result<Account> AccountDesk::registered(const std::string& ca) {
  const auto place = connector_.account_place(ca);
  if (!place) return fail(place.error());
  const auto account = accounts_.account_at(*place);
  if (account && is_deactivated(*account)) return fail(ended(ca, *account));
  if (account && !account->url.empty()) return *account;
  return fail({.kind = TroubleKind::usage,
               .code = "no_account",
               .what = "cannot use the account at the CA " + ca,
               .why = "there is none yet",
               .hint = "'certmgr account register " + ca + "' or the first 'certmgr issue' there makes one"});
}

Result<CaAccount> AccountDesk::look_up(const std::string& ca) {
  if (const auto account = registered(ca); !account) return fail(account.error());
  const auto connection = open(ca);
  if (!connection) return fail(connection.error());
  return (*connection)->account();
}

Result<Account> AccountDesk::enroll(const std::string& ca) {
  const auto place = connector_.account_place(ca);
  if (!place) return fail(place.error());
  const auto known = accounts_.account_at(*place);
  if (known && is_deactivated(*known)) {
    if (auto made = make(ca, *place); !made) return made;
    const std::scoped_lock lock(registering_);
    registered_.erase(ca);
  }
  if (const auto connection = open(ca); !connection) return fail(connection.error());
  return registered(ca);
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
  const auto place = connector_.account_place(ca);
  if (!place) return;
  auto account = accounts_.account_at(*place);
  if (!account || is_deactivated(*account)) return;
  const std::string lost = account->url;
  account->url.clear();
  account->status = "new";
  accounts_.change_account(*account, {"account.lost", ca, {{"url", lost}}});
}

}  // namespace certmgr
