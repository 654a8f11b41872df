// SPDX-License-Identifier: MIT
#include "certmgr/services/account_upkeep.h"

#include <algorithm>

namespace certmgr {
namespace {

constexpr const char* kOwnLists = "'certmgr list' and 'certmgr history' show those of this store";

std::string list(const std::vector<std::string>& texts) {
  std::string text;
  for (const auto& one : texts) text += (text.empty() ? "" : " ") + one;
  return text;
}

/// The CA speaks to nobody in the name of an account that has ended (RFC 8555 section 7.3.6).
bool says_ended(const Trouble& trouble) { return trouble.code == "acme_unauthorized"; }

}  // namespace

Account AccountUpkeep::store(const Account& account, const std::string& kind) {
  parts_.accounts.change_account(
      account, {kind,
                account.ca,
                {{"url", account.url}, {"status", account.status}, {"contacts", list(account.contacts)}}});
  return account;
}

SealedKey AccountUpkeep::key(const std::string& key_id) {
  if (auto found = parts_.certificates.key(key_id)) return *found;
  throw Failure({.kind = TroubleKind::store,
                 .code = "key_missing",
                 .what = "cannot use key " + key_id,
                 .why = "it is not in the store",
                 .hint = "run 'certmgr db check'; restore the store from a backup"});
}

Account AccountUpkeep::change_contacts(const std::string& ca, const std::vector<std::string>& contacts) {
  value_or_throw(parts_.desk.registered(ca));
  const auto connection = value_or_throw(parts_.desk.open(ca));
  const auto live = value_or_throw(connection->change_contacts(contacts));
  Account account = value_or_throw(parts_.desk.registered(ca));
  account.contacts = contacts;
  account.status = live.status;
  return store(account, "account.updated");
}

Account AccountUpkeep::change_key(const std::string& ca, std::optional<KeyType> type) {
  Account account = value_or_throw(parts_.desk.registered(ca));
  if (!account.next_key_id.empty()) {
    account = value_or_throw(parts_.desk.settle_key(ca, account));
    if (account.next_key_id.empty()) return account;
  } else {
    const KeyType same = key(account.key_id).type;
    const auto next = value_or_throw(parts_.keyring.generate(type.value_or(same), "account"));
    account = parts_.accounts.begin_key_change(account, next, parts_.connector.cas_at(account.place()),
                                               {"account.key_change_begun", ca, {{"url", account.url}}});
  }
  const SealedKey next = key(account.next_key_id);
  auto sent = parts_.connector.change_key(ca, key(account.key_id), next, account.url);
  if (sent)
    return parts_.accounts.end_key_change(
        account, next.id,
        {"account.key_changed", ca, {{"url", account.url}, {"spki_sha256", next.spki_sha256}}});
  // The CA may have done it all the same.
  const auto settled = parts_.desk.settle_key(ca, account);
  if (settled && settled->next_key_id.empty()) return *settled;
  Trouble trouble = std::move(sent.error());
  const bool refused = settled && trouble.kind != TroubleKind::transient;
  if (refused) abandon(account, trouble);
  if (!refused)
    trouble.hint =
        settled ? "the CA knows the old key, which is used on; the same command tries the new one again"
                : "both keys are kept until the CA has said which one it knows: run the command again";
  throw Failure(std::move(trouble));
}

/// The CA refuses the new key and knows the old one.
void AccountUpkeep::abandon(const Account& account, const Trouble& trouble) {
  parts_.accounts.end_key_change(
      account, account.key_id,
      {"account.key_change_refused", account.ca, {{"url", account.url}, {"trouble", trouble.message()}}});
}

Account AccountUpkeep::deactivate(const std::string& ca) {
  value_or_throw(parts_.desk.registered(ca));
  const auto connection = value_or_throw(parts_.desk.open(ca));
  if (auto done = connection->deactivate_account(); !done) {
    if (!says_ended(done.error())) throw Failure(std::move(done.error()));
    const auto found = connection->find_account();
    if (found || !says_ended(found.error())) throw Failure(std::move(done.error()));
  }
  Account account = value_or_throw(parts_.desk.registered(ca));
  account.status = "deactivated";
  return store(account, "account.deactivated");
}

std::vector<std::string> AccountUpkeep::certificates_of(const std::string& ca) {
  const auto cas = parts_.connector.cas_at(value_or_throw(parts_.connector.account_place(ca)));
  std::vector<std::string> labels;
  std::string after;
  while (true) {
    const auto page = parts_.certificates.list(after, 500);
    if (page.empty()) return labels;
    for (const auto& certificate : page)
      if (std::find(cas.begin(), cas.end(), certificate.spec.ca) != cas.end())
        labels.push_back(certificate.spec.label);
    after = page.back().spec.label;
  }
}

OrderList AccountUpkeep::orders(const std::string& ca, std::size_t limit) {
  value_or_throw(parts_.desk.registered(ca));
  const auto connection = value_or_throw(parts_.desk.open(ca));
  if (value_or_throw(connection->account()).orders_url.empty())
    throw Failure({.kind = TroubleKind::permanent,
                   .code = "not_offered",
                   .what = "cannot list the orders at the CA " + ca,
                   .why = "it keeps no list of an account's orders (RFC 8555 section 7.1.2.1)",
                   .hint = kOwnLists});
  auto told = connection->order_urls();
  if (!told && told.error().code == "ca_protocol") {
    told.error().what = "cannot list the orders at the CA " + ca;
    told.error().hint = kOwnLists;
  }
  const auto urls = value_or_throw(std::move(told));
  OrderList all{{}, urls.size()};
  for (auto url = urls.rbegin(); url != urls.rend() && all.newest_first.size() < limit; ++url) {
    ListedOrder listed{*url, parts_.orders.knows_order_url(*url), std::nullopt};
    auto seen = connection->order(*url);
    if (!seen && seen.error().kind == TroubleKind::transient) throw Failure(std::move(seen.error()));
    if (seen) listed.order = std::move(seen->value);
    all.newest_first.push_back(std::move(listed));
  }
  return all;
}

}  // namespace certmgr
