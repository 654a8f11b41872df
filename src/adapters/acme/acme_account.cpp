// SPDX-License-Identifier: MIT
// What AcmeCa does about accounts once they are there (RFC 8555 sections 7.3.1 to 7.3.6).
#include <nlohmann/json.hpp>

#include "adapters/acme/acme_ca.h"

namespace certmgr::acme {

using nlohmann::json;

Trouble AcmeCa::not_offered(const std::string& what, const std::string& resource) const {
  return {.kind = TroubleKind::permanent,
          .code = "not_offered",
          .what = what,
          .why = "the CA " + session_.settings().name + " has no " + resource + " in its directory",
          .hint = "see what the CA offers instead: " + session_.settings().directory_url};
}

Result<CaAccount> AcmeCa::find_account() {
  const auto urls = session_.directory();
  if (!urls) return fail(urls.error());
  auto response = session_.post_with_jwk(urls->new_account, json{{"onlyReturnExisting", true}}.dump());
  if (!response) {
    response.error().what = "cannot look up an account by its key at the CA " + session_.settings().name;
    return fail(std::move(response.error()));
  }
  auto account = read_account(response->body);
  if (!account) return account;
  account->url = response->header("location");
  account->existed = true;
  return account;
}

Result<CaAccount> AcmeCa::change_account(const std::string& payload, const std::string& what) {
  const std::string url = session_.account_url();
  auto response = session_.post_once(url, payload);
  if (!response) {
    response.error().what = what + " " + url;
    return fail(std::move(response.error()));
  }
  auto account = read_account(response->body);
  if (account) account->url = url;
  return account;
}

Result<CaAccount> AcmeCa::change_contacts(const std::vector<std::string>& contacts) {
  return change_account(json{{"contact", contacts}}.dump(), "cannot change the contacts of the account");
}

Result<CaAccount> AcmeCa::deactivate_account() {
  const std::string what = "cannot deactivate the account";
  auto account = change_account(json{{"status", "deactivated"}}.dump(), what);
  if (!account || account->status != "valid") return account;
  return fail(
      {.kind = TroubleKind::permanent,
       .code = "not_deactivated",
       .what = what + " " + account->url,
       .why = "the CA " + session_.settings().name + " has answered, and the account is still valid there",
       .hint = "this CA may have no way to end accounts: ask those who run it"});
}

Result<void> AcmeCa::change_key(const JwsKey& next) {
  const std::string what = "cannot change the key of the account " + session_.account_url();
  const auto urls = session_.directory();
  if (!urls) return fail(urls.error());
  if (urls->key_change.empty()) return fail(not_offered(what, "keyChange"));
  const json payload = {{"account", session_.account_url()}, {"oldKey", json::parse(session_.key().jwk())}};
  // The inner JWS is the new key's word that it takes over; it has no nonce of its own.
  const auto inner =
      next.sign(R"("url":)" + json(urls->key_change).dump() + R"(,"jwk":)" + next.jwk(), payload.dump());
  if (!inner) return fail(inner.error());
  auto response = session_.post_once(urls->key_change, *inner);
  if (response) return {};
  response.error().what = what;
  return fail(std::move(response.error()));
}

}  // namespace certmgr::acme
