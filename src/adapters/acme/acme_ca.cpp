// SPDX-License-Identifier: MIT
#include "adapters/acme/acme_ca.h"

#include <fstream>
#include <nlohmann/json.hpp>

#include "adapters/acme/link_header.h"
#include "adapters/acme/persist_account.h"
#include "adapters/acme/problem.h"
#include "crypto/certificate_chain.h"
#include "crypto/certificate_id.h"
#include "crypto/chain_top.h"
#include "crypto/encoding.h"

namespace certmgr::acme {
namespace {

using nlohmann::json;

constexpr const char* kChainType = "application/pem-certificate-chain";
/// No CA has more than a few; a hostile one shall not keep us busy.
constexpr std::size_t kMostAlternates = 8;

template <class T>
Result<T> about(Result<T> result, const std::string& what) {
  if (!result) result.error().what = what;
  return result;
}

/// CAs do not agree on what to say to the key of an external account that they do not know, that does not fit
/// or that has bound an account before: step-ca answers "unauthorized" or HTTP 500, and never a word about
/// the key. Who is told that alone waits for a CA that has nothing wrong with it.
Trouble about_binding(Trouble trouble, const ExternalAccount& account) {
  const bool internal = trouble.code == "acme_serverInternal";
  if (!internal && trouble.code != "acme_unauthorized" && trouble.code != "acme_malformed") return trouble;
  if (!internal) {
    // What waits for an account waits on, until somebody has looked.
    trouble.kind = TroubleKind::configuration;
    trouble.code = "eab_unusable";
  }
  trouble.hint = "see that eab_kid (" + account.kid + ") and the key in " + account.hmac_file +
                 " are a pair, from this CA and for this directory, and have bound no account before; " +
                 (internal ? "if so, try again later" : "else get new ones from the CA");
  return trouble;
}

}  // namespace

Result<CaMeta> AcmeCa::meta() {
  const auto urls = session_.directory();
  if (!urls) return fail(urls.error());
  return urls->meta;
}

Result<std::string> AcmeCa::binding(const std::string& new_account_url) {
  const auto& account = *session_.settings().external_account;
  std::ifstream file(account.hmac_file);
  std::string key;
  if (!(file >> key))
    return fail(
        {.kind = TroubleKind::configuration,
         .code = "eab_unusable",
         .what = "cannot bind the account to the external account of the CA " + session_.settings().name,
         .why = "the file " + account.hmac_file + " cannot be read or is empty",
         .hint = "put the HMAC key the CA gave you into it, and see that this user may read it"});
  return external_account_binding(account.kid, key, new_account_url, session_.key().jwk());
}

Result<CaAccount> AcmeCa::register_account(const AccountRequest& request) {
  const std::string what = "cannot register an account with the CA " + session_.settings().name;
  const auto urls = session_.directory();
  if (!urls) return fail(urls.error());
  json payload = json::object();
  if (!request.contacts.empty()) payload["contact"] = request.contacts;
  if (request.terms_agreed) payload["termsOfServiceAgreed"] = true;
  if (session_.settings().external_account) {
    const auto bound = binding(urls->new_account);
    if (!bound) return fail(bound.error());
    payload["externalAccountBinding"] = json::parse(*bound);
  }
  auto response = session_.post_with_jwk(urls->new_account, payload.dump());
  if (!response) {
    if (const auto& external = session_.settings().external_account)
      response.error() = about_binding(std::move(response.error()), *external);
    return about(Result<CaAccount>(fail(std::move(response.error()))), what);
  }
  auto account = read_account(response->body);
  if (!account) return about(std::move(account), what);
  account->url = response->header("location");
  account->existed = response->status == 200;
  if (!account->url.starts_with("https://"))
    return fail({.kind = TroubleKind::transient,
                 .code = "ca_protocol",
                 .what = what,
                 .why = "its answer has no https URL in the Location header",
                 .hint = "see that the directory URL of the CA is right"});
  session_.set_account_url(account->url);
  return account;
}

Result<CaAccount> AcmeCa::account() {
  const std::string url = session_.account_url();
  auto response = session_.post(url, "");
  if (!response)
    return about(Result<CaAccount>(fail(std::move(response.error()))), "cannot read the account " + url);
  auto account = read_account(response->body);
  if (account) account->url = url;
  return account;
}

Result<CaReply<CaOrder>> AcmeCa::order_in(const HttpResponse& response, const std::string& url) {
  auto order = read_order(response.body, url);
  if (!order) return fail(std::move(order.error()));
  return CaReply<CaOrder>{std::move(*order), retry_after(response, session_.now())};
}

Result<CaReply<CaOrder>> AcmeCa::new_order(const NewOrder& wanted) {
  const std::string what =
      "the CA " + session_.settings().name + " does not take the order for " + join(wanted.identifiers);
  const auto urls = session_.directory();
  if (!urls) return fail(urls.error());
  json payload{{"identifiers", json::array()}};
  for (const auto& identifier : wanted.identifiers) {
    json item{{"type", to_string(identifier.type)}, {"value", identifier.value}};
    if (is_below(identifier, wanted.ancestor_domain)) item["ancestorDomain"] = wanted.ancestor_domain;
    payload["identifiers"].push_back(std::move(item));
  }
  if (!wanted.profile.empty()) payload["profile"] = wanted.profile;
  if (wanted.not_before) payload["notBefore"] = to_rfc3339(*wanted.not_before);
  if (wanted.not_after) payload["notAfter"] = to_rfc3339(*wanted.not_after);
  if (!wanted.replaced_chain.empty() && !urls->renewal_info.empty())
    if (const auto id = crypto::certificate_id(wanted.replaced_chain); id && !id->empty())
      payload["replaces"] = *id;
  auto response = session_.post_once(urls->new_order, payload.dump());
  if (!response) return about(Result<CaReply<CaOrder>>(fail(std::move(response.error()))), what);
  return about(order_in(*response, response->header("location")), what);
}

Result<std::vector<std::string>> AcmeCa::order_urls() {
  auto known = account();
  if (!known) return fail(std::move(known.error()));
  std::vector<std::string> urls;
  std::string page = known->orders_url;
  for (int pages = 0; !page.empty() && pages < 10; ++pages) {
    auto response = session_.post(page, "");
    // Some CAs name a list they do not keep (RFC 8555 section 7.1.2.1 allows an empty one).
    if (!response)
      return response.error().kind == TroubleKind::permanent ? Result<std::vector<std::string>>(urls)
                                                             : fail(std::move(response.error()));
    auto list = read_order_list(response->body);
    if (!list) return fail(std::move(list.error()));
    urls.insert(urls.end(), list->begin(), list->end());
    page = link_target(*response, "next");
  }
  return urls;
}

Result<CaReply<CaOrder>> AcmeCa::order(const std::string& url) {
  const std::string what = "cannot read the order " + url;
  auto response = session_.post(url, "");
  if (!response) return about(Result<CaReply<CaOrder>>(fail(std::move(response.error()))), what);
  return about(order_in(*response, url), what);
}

Result<CaAuthorization> AcmeCa::authorization(const std::string& url) {
  const std::string what = "cannot read the authorization " + url;
  auto response = session_.post(url, "");
  if (!response) return about(Result<CaAuthorization>(fail(std::move(response.error()))), what);
  return about(authorization_in(*response, url), what);
}

Result<CaAuthorization> AcmeCa::authorization_in(const HttpResponse& response, const std::string& url) {
  auto seen = read_authorization(response.body, url);
  if (!seen) return seen;
  const PersistDraft draft = session_.settings().persist_draft;
  CaMeta meta;
  if (draft != PersistDraft::draft_01) {
    auto urls = session_.directory();
    if (!urls) return fail(std::move(urls.error()));
    meta = std::move(urls->meta);
  }
  prepare_persist(*seen, account_facts(), draft, meta);
  return seen;
}

Result<void> AcmeCa::answer(const std::string& challenge_url) {
  auto response = session_.post(challenge_url, "{}");
  if (response) return {};
  response.error().what = "the CA " + session_.settings().name + " does not take the answer to its challenge";
  return fail(std::move(response.error()));
}

Result<CaReply<CaOrder>> AcmeCa::finalize(const std::string& order_url, const std::string& finalize_url,
                                          const std::vector<std::uint8_t>& csr_der) {
  const std::string what = "the CA " + session_.settings().name + " does not take the certificate request";
  auto response = session_.post(finalize_url, json{{"csr", crypto::base64url(csr_der)}}.dump());
  if (!response) return about(Result<CaReply<CaOrder>>(fail(std::move(response.error()))), what);
  return about(order_in(*response, order_url), what);
}

Result<IssuedChain> AcmeCa::certificate(const std::string& url, const std::string& preferred_chain) {
  const std::string what = "cannot use the certificate at " + url;
  auto response = session_.post(url, "", kChainType);
  if (!response) return about(Result<IssuedChain>(fail(std::move(response.error()))), what);
  auto facts = about(crypto::read_chain(response->body), what);
  if (!facts) return fail(std::move(facts.error()));
  IssuedChain first{std::move(*facts), {}, true};
  if (preferred_chain.empty()) return first;
  auto chosen =
      alternate(link_targets(*response, "alternate", kMostAlternates), preferred_chain, std::move(first));
  return about(std::move(chosen), what);
}

Result<IssuedChain> AcmeCa::alternate(const std::vector<std::string>& urls,
                                      const std::string& preferred_chain, IssuedChain first) {
  const auto is_wanted = [&](const std::string& pem) {
    const auto top = crypto::chain_top(pem);
    if (!top) return false;
    first.tops.push_back(top->name);
    return crypto::is_top(*top, preferred_chain);
  };
  if (is_wanted(first.facts.chain_pem)) return first;
  for (const auto& url : urls) {
    auto response = session_.post(url, "", kChainType);
    if (!response) {
      // What may pass is not a reason to take another chain than the one that clients need.
      if (response.error().kind == TroubleKind::transient) return fail(std::move(response.error()));
      continue;
    }
    auto facts = crypto::read_chain(response->body);
    // An alternate that is not for the same certificate, or does not link, is none.
    if (!facts || facts->fingerprint != first.facts.fingerprint || facts->broken_link) continue;
    if (is_wanted(facts->chain_pem)) return IssuedChain{std::move(*facts), std::move(first.tops), true};
  }
  first.preferred = false;
  return first;
}

AccountFacts AcmeCa::account_facts() { return {session_.account_url(), session_.key().thumbprint()}; }

}  // namespace certmgr::acme
