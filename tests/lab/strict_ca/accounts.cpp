// SPDX-License-Identifier: MIT
#include "lab/strict_ca/accounts.h"

#include <algorithm>

#include "lab/strict_ca/external_account.h"
#include "lab/strict_ca/strict_json.h"

namespace certmgr::lab::strict {
namespace {

json account_json(const Core& core, const Account& account) {
  json document = {{"status", account.status}, {"orders", core.account_url(account.id) + "/orders"}};
  if (!account.contacts.empty()) document["contact"] = account.contacts;
  if (account.terms_agreed) document["termsOfServiceAgreed"] = true;
  if (!account.external_binding.is_null()) document["externalAccountBinding"] = account.external_binding;
  if (core.behaviour.unknown_members) document["mood"] = {{"today", "fine"}};
  return document;
}

/// RFC 8555 section 7.3: URIs; mailto with one address and no header fields.
json contacts_in(const json& payload) {
  const json contacts = payload.value("contact", json::array());
  if (!contacts.is_array()) throw Refusal{problems::malformed("contact is not an array")};
  for (const auto& contact : contacts) {
    const std::string text = contact.is_string() ? contact.get<std::string>() : std::string();
    if (text.find(':') == std::string::npos) throw Refusal{problems::malformed("a contact is not a URI")};
    if (!text.starts_with("mailto:"))
      throw Refusal{{.type = "unsupportedContact", .detail = "only mailto is supported, not " + text}};
    if (text.find_first_of("?, ") != std::string::npos || std::count(text.begin(), text.end(), '@') != 1)
      throw Refusal{problems::broken_rule("invalidContact", text + " is not one mail address")};
  }
  return contacts;
}

bool flag(const json& payload, const char* name) {
  const json value = payload.value(name, json(false));
  if (!value.is_boolean()) throw Refusal{problems::malformed(std::string(name) + " is not true or false")};
  return value.get<bool>();
}

Account* with_key(Core& core, const PublicKey& key) {
  for (auto& [id, account] : core.ledger.accounts)
    if (account.key.thumbprint() == key.thumbprint()) return &account;
  return nullptr;
}

Reply existing_account(const Core& core, const Account& account) {
  if (account.status != "valid")
    throw Refusal{problems::unauthorized("the account of this key is " + account.status, 401)};
  auto reply = Reply::with_json(account_json(core, account));
  reply.headers.emplace("Location", core.account_url(account.id));
  return reply;
}

void demand_terms(const Core& core, bool agreed) {
  if (agreed || !core.options.terms_of_service) return;
  auto problem = problems::user_action_required(core.list_url + "/terms");
  problem.detail = "the terms of service must be agreed to";
  throw Refusal{problem};
}

}  // namespace

Reply new_account(Core& core, const Signed& request) {
  const json payload = parse_object(request.payload, "the payload");
  const bool only_existing = flag(payload, "onlyReturnExisting");
  if (const Account* known = with_key(core, request.key)) return existing_account(core, *known);
  if (only_existing) throw Refusal{{.type = "accountDoesNotExist", .detail = "no account has this key"}};

  Account account{.id = new_id(), .key = request.key};
  account.contacts = contacts_in(payload);
  account.terms_agreed = flag(payload, "termsOfServiceAgreed");
  demand_terms(core, account.terms_agreed);
  if (payload.contains("externalAccountBinding")) {
    account.external_binding = payload["externalAccountBinding"];
    account.external_kid = verified_external_account(core, account.external_binding, request);
  } else if (core.behaviour.external_account_required) {
    throw Refusal{{.type = "externalAccountRequired",
                   .status = 403,
                   .detail = "this CA wants accounts bound to one of its customers"}};
  }
  const auto& made = core.ledger.accounts.emplace(account.id, account).first->second;
  auto reply = Reply::with_json(account_json(core, made), 201);
  reply.headers.emplace("Location", core.account_url(made.id));
  return reply;
}

Reply account(Core& core, const Signed& request, const std::string& id) {
  if (request.account != id) throw Refusal{problems::unauthorized("this is another account")};
  Account& account = core.ledger.accounts.at(id);
  if (!request.post_as_get()) {
    const json payload = parse_object(request.payload, "the payload");
    if (payload.contains("contact")) account.contacts = contacts_in(payload);
    if (payload.contains("status")) {
      if (payload["status"] != "deactivated")
        throw Refusal{problems::malformed("a client may set the status to deactivated only")};
      account.status = "deactivated";
    }
  }
  return Reply::with_json(account_json(core, account));
}

Reply orders_of(Core& core, const Signed& request, const std::string& id, std::size_t page) {
  if (request.account != id) throw Refusal{problems::unauthorized("these are another account's orders")};
  if (!request.post_as_get()) throw Refusal{problems::malformed("the list of orders can only be read")};
  const auto& all = core.ledger.accounts.at(id).orders;
  const std::size_t size = core.behaviour.orders_per_page == 0 ? all.size() : core.behaviour.orders_per_page;
  json urls = json::array();
  for (std::size_t i = page * size; i < std::min(all.size(), (page + 1) * size); ++i)
    urls.push_back(core.order_url(all[i]));
  auto reply = Reply::with_json({{"orders", urls}});
  if ((page + 1) * size < all.size())
    reply.headers.emplace(
        "Link", "<" + core.account_url(id) + "/orders?page=" + std::to_string(page + 1) + ">;rel=\"next\"");
  return reply;
}

}  // namespace certmgr::lab::strict
