// SPDX-License-Identifier: MIT
// What AcmeCa does about the right to a certificate apart from orders: authorizations ahead of them and after
// them (RFC 8555 sections 7.4.1, 7.5.2; RFC 9444), and revocation (section 7.6).
#include <nlohmann/json.hpp>

#include "adapters/acme/acme_ca.h"
#include "crypto/certificate_chain.h"
#include "crypto/encoding.h"

namespace certmgr::acme {
namespace {

using nlohmann::json;

Result<crypto::Bytes> leaf_der(const std::string& chain_pem) {
  auto chain = crypto::parse_chain(chain_pem);
  if (!chain) return fail(std::move(chain.error()));
  unsigned char* der = nullptr;
  const int size = i2d_X509(chain->front().get(), &der);
  if (size <= 0)
    return fail({.kind = TroubleKind::permanent,
                 .code = "certificate_unusable",
                 .what = "cannot encode the certificate",
                 .why = "OpenSSL: " + crypto::openssl_reason(),
                 .hint = "run 'certmgr db check'"});
  crypto::Bytes bytes(der, der + size);
  OPENSSL_free(der);
  return bytes;
}

}  // namespace

Result<CaAuthorization> AcmeCa::new_authorization(const Identifier& identifier, bool subdomains) {
  const std::string what = "cannot prove control of " + identifier.value + " before an order";
  const auto urls = session_.directory();
  if (!urls) return fail(urls.error());
  if (urls->new_authz.empty()) return fail(not_offered(what, "newAuthz"));
  if (subdomains && !urls->meta.subdomains_allowed)
    return fail(not_offered(what, "subdomainAuthAllowed (RFC 9444)"));
  json payload = {{"identifier", {{"type", to_string(identifier.type)}, {"value", identifier.value}}}};
  if (subdomains) payload["identifier"]["subdomainAuthAllowed"] = true;  // RFC 9444 section 4.2
  auto response = session_.post_once(urls->new_authz, payload.dump());
  if (!response) {
    response.error().what = what;
    return fail(std::move(response.error()));
  }
  const std::string url = response->header("location");
  if (!url.starts_with("https://"))
    return fail({.kind = TroubleKind::transient,
                 .code = "ca_protocol",
                 .what = what,
                 .why = "its answer has no https URL in the Location header",
                 .hint = "see that the directory URL of the CA is right"});
  return authorization_in(*response, url);
}

Result<void> AcmeCa::deactivate_authorization(const std::string& url) {
  const std::string what = "cannot deactivate the authorization " + url;
  auto response = session_.post(url, json{{"status", "deactivated"}}.dump());
  if (!response) {
    response.error().what = what;
    return fail(std::move(response.error()));
  }
  const auto seen = read_authorization(response->body, url);
  if (!seen || seen->status != CaStatus::valid) return {};
  return fail({.kind = TroubleKind::permanent,
               .code = "not_deactivated",
               .what = what,
               .why = "the CA " + session_.settings().name + " has answered, and it is still valid there",
               .hint = "this CA may have no way to take it back: ask those who run it"});
}

Result<void> AcmeCa::revoke(const std::string& chain_pem, RevocationReason reason) {
  const std::string what = "the CA " + session_.settings().name + " does not revoke the certificate";
  const auto urls = session_.directory();
  if (!urls) return fail(urls.error());
  if (urls->revoke_cert.empty()) return fail(not_offered(what, "revokeCert"));
  const auto der = leaf_der(chain_pem);
  if (!der) return fail(der.error());
  const std::string payload =
      json{{"certificate", crypto::base64url(*der)}, {"reason", static_cast<int>(reason)}}.dump();
  auto response = session_.account_url().empty() ? session_.post_with_jwk(urls->revoke_cert, payload)
                                                 : session_.post_once(urls->revoke_cert, payload);
  if (response) return {};
  response.error().what = what;
  return fail(std::move(response.error()));
}

}  // namespace certmgr::acme
