// SPDX-License-Identifier: MIT
#include "adapters/solvers/alpn_certificate.h"

#include <openssl/x509v3.h>

#include "certmgr/domain/ip_address.h"
#include "crypto/encoding.h"
#include "crypto/private_key.h"

namespace certmgr::solvers {
namespace {

using crypto::Deleter;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;
using ObjectPtr = std::unique_ptr<ASN1_OBJECT, Deleter<ASN1_OBJECT_free>>;
using OctetsPtr = std::unique_ptr<ASN1_OCTET_STRING, Deleter<ASN1_OCTET_STRING_free>>;

constexpr const char* kAcmeIdentifier = "1.3.6.1.5.5.7.1.31";  // RFC 8737 section 6.1
constexpr long kLifeSeconds = 7L * 24 * 3600;
constexpr long kBackdateSeconds = 3600;

/// The extension's value is an OCTET STRING that holds the digest as an OCTET STRING (RFC 8737 section 3).
ExtensionPtr acme_identifier(const std::string& key_authorization) {
  const auto digest = crypto::sha256(crypto::as_bytes(key_authorization));
  constexpr unsigned char octet_string_tag = 0x04;
  crypto::Bytes value{octet_string_tag, static_cast<unsigned char>(digest.size())};
  value.insert(value.end(), digest.begin(), digest.end());
  const ObjectPtr type(OBJ_txt2obj(kAcmeIdentifier, 1));
  const OctetsPtr octets(ASN1_OCTET_STRING_new());
  if (!type || !octets ||
      ASN1_OCTET_STRING_set(octets.get(), value.data(), static_cast<int>(value.size())) != 1)
    return nullptr;
  constexpr int critical = 1;
  return ExtensionPtr(X509_EXTENSION_create_by_OBJ(nullptr, type.get(), critical, octets.get()));
}

ExtensionPtr subject_alt_name(const Identifier& identifier) {
  // Both kinds of value were checked before: neither can hold a comma or a blank.
  const std::string text = (identifier.type == IdentifierType::ip ? "IP:" : "DNS:") + identifier.value;
  return ExtensionPtr(X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, text.c_str()));
}

bool fill(X509& certificate, EVP_PKEY& key, const Proof& proof) {
  const auto digest = acme_identifier(proof.key_authorization);
  const auto names = subject_alt_name(proof.identifier);
  return digest && names && X509_set_version(&certificate, X509_VERSION_3) == 1 &&
         ASN1_INTEGER_set(X509_get_serialNumber(&certificate), 1) == 1 &&
         X509_gmtime_adj(X509_getm_notBefore(&certificate), -kBackdateSeconds) != nullptr &&
         X509_gmtime_adj(X509_getm_notAfter(&certificate), kLifeSeconds) != nullptr &&
         X509_set_pubkey(&certificate, &key) == 1 && X509_add_ext(&certificate, names.get(), -1) == 1 &&
         X509_add_ext(&certificate, digest.get(), -1) == 1 && X509_sign(&certificate, &key, EVP_sha256()) > 0;
}

}  // namespace

std::string alpn_server_name(const Identifier& identifier) {
  if (identifier.type == IdentifierType::dns) return identifier.value;
  return reverse_name(identifier.value).value_or("");
}

Result<AlpnCertificate> make_alpn_certificate(const Proof& proof) {
  auto key = crypto::generate_key(KeyType::ecdsa_p256);
  if (!key) return fail(std::move(key.error()));
  crypto::X509Ptr certificate(X509_new());
  if (!certificate || !fill(*certificate, **key, proof))
    return fail({.kind = TroubleKind::permanent,
                 .code = "proof_failed",
                 .what = "cannot make the tls-alpn-01 proof for " + proof.identifier.value,
                 .why = "OpenSSL: " + crypto::openssl_reason(),
                 .hint = "use another challenge type",
                 .detail = {},
                 .retry_at = {}});
  return AlpnCertificate{std::move(*key), std::move(certificate)};
}

}  // namespace certmgr::solvers
