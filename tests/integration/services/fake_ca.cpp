// SPDX-License-Identifier: MIT
#include "fake_ca.h"

#include "crypto/encoding.h"
#include "crypto/openssl_handles.h"

namespace certmgr::test {
namespace {

Trouble no_such(const std::string& what) {
  return {.kind = TroubleKind::permanent, .code = "acme_malformed", .what = "no such " + what, .why = "404"};
}

std::string spki_of(const std::vector<std::uint8_t>& csr_der) {
  const unsigned char* at = csr_der.data();
  const crypto::X509ReqPtr request(d2i_X509_REQ(nullptr, &at, static_cast<long>(csr_der.size())));
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(X509_REQ_get0_pubkey(request.get()), &der);
  const std::string digest = crypto::hex(crypto::sha256({der, static_cast<std::size_t>(size)}));
  OPENSSL_free(der);
  return digest;
}

}  // namespace

Result<CaAccount> FakeCa::register_account(const AccountRequest&) {
  const bool existed = accounts_made > 0;
  if (!existed) ++accounts_made;
  answered();
  return CaAccount{"https://ca/acct/1", "", "valid", existed};
}

Result<CaReply<CaOrder>> FakeCa::new_order(const NewOrder& wanted) {
  wishes.push_back(wanted);
  if (refuse_order)
    if (auto trouble = refuse_order(wanted)) return fail(std::move(*trouble));
  const auto& identifiers = wanted.identifiers;
  CaOrder order;
  order.profile = wanted.profile;
  order.url = "https://ca/order/" + std::to_string(++orders_made);
  order.status = CaStatus::pending;
  order.identifiers = identifiers;
  order.finalize_url = order.url + "/finalize";
  for (const auto& identifier : identifiers)
    order.authorizations.push_back(order.url + "/authz/" + identifier.value);
  orders[order.url] = order;
  answered();
  return CaReply<CaOrder>{order, std::nullopt};
}

Result<std::vector<std::string>> FakeCa::order_urls() {
  std::vector<std::string> urls;
  if (!lists_orders) return urls;
  for (const auto& [url, order] : orders) urls.push_back(url);
  return urls;
}

Result<CaReply<CaOrder>> FakeCa::order(const std::string& url) {
  const auto found = orders.find(url);
  if (found == orders.end()) return fail(no_such("order"));
  if (found->second.status == CaStatus::processing) {
    found->second.status = CaStatus::valid;
    found->second.certificate_url = url + "/cert";
  }
  answered();
  return CaReply<CaOrder>{found->second, std::nullopt};
}

Result<CaAuthorization> FakeCa::authorization(const std::string& url) {
  for (const auto& [order_url, order] : orders) {
    if (!url.starts_with(order_url + "/authz/")) continue;
    CaAuthorization authorization;
    authorization.url = url;
    authorization.identifier = {IdentifierType::dns, url.substr(order_url.size() + 7)};
    authorization.status = order.status == CaStatus::pending ? CaStatus::pending : CaStatus::valid;
    authorization.challenges = {{"http-01", url + "/chall", "token", CaStatus::pending, std::nullopt}};
    answered();
    return authorization;
  }
  return fail(no_such("authorization"));
}

Result<void> FakeCa::answer(const std::string& challenge_url) {
  const auto end = challenge_url.find("/authz/");
  const auto found = orders.find(challenge_url.substr(0, end));
  if (found == orders.end()) return fail(no_such("challenge"));
  auto& left = found->second.authorizations;
  if (found->second.status == CaStatus::pending && challenge_url.starts_with(left.back()))
    found->second.status = CaStatus::ready;
  answered();
  return {};
}

Result<CaReply<CaOrder>> FakeCa::finalize(const std::string& order_url, const std::string&,
                                          const std::vector<std::uint8_t>& csr_der) {
  auto& order = orders.at(order_url);
  if (order.status != CaStatus::ready)
    return fail({.kind = TroubleKind::transient,
                 .code = "acme_orderNotReady",
                 .what = "finalize",
                 .why = "not ready"});
  ++finalized;
  spki_[order_url] = spki_of(csr_der);
  order.status = CaStatus::processing;
  answered();
  return CaReply<CaOrder>{order, std::nullopt};
}

Result<IssuedChain> FakeCa::certificate(const std::string& url, const std::string& preferred_chain) {
  const std::string order_url = url.substr(0, url.rfind("/cert"));
  ChainFacts facts;
  facts.chain_pem = "-----BEGIN CERTIFICATE-----\n" + order_url + "\n-----END CERTIFICATE-----\n";
  facts.spki_sha256 = spki_.at(order_url);
  facts.identifiers = canonical(orders.at(order_url).identifiers);
  facts.serial = "01";
  facts.fingerprint = crypto::hex(crypto::sha256(crypto::as_bytes(order_url)));
  facts.issuer = "Fake CA";
  facts.not_before = Instant{std::chrono::seconds(0)};
  facts.not_after = Instant{std::chrono::seconds(4000000000)};
  answered();
  return IssuedChain{facts, {facts.issuer}, preferred_chain.empty() || preferred_chain == facts.issuer};
}

}  // namespace certmgr::test
