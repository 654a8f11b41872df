// SPDX-License-Identifier: MIT
#include "lab/strict_ca/certificate_draft.h"

#include <openssl/conf.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace certmgr::lab::strict {
namespace {

using BignumPtr = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using ConfigPtr = std::unique_ptr<CONF, Freed<NCONF_free>>;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;
using TimePtr = std::unique_ptr<ASN1_TIME, Freed<ASN1_TIME_free>>;

TimePtr time_at(Moment moment) {
  return TimePtr(ASN1_TIME_set(nullptr, std::chrono::system_clock::to_time_t(moment)));
}

}  // namespace

void demand(bool ok, const char* what) {
  if (ok) return;
  const char* reason = ERR_reason_error_string(ERR_get_error());
  throw std::runtime_error(std::string("OpenSSL: ") + what +
                           (reason != nullptr ? std::string(": ") + reason : ""));
}

PkeyPtr new_p256_key() {
  PkeyPtr key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  demand(key != nullptr, "key generation");
  return key;
}

X509Ptr blank_certificate(EVP_PKEY& key, Moment from, Moment until) {
  X509Ptr certificate(X509_new());
  demand(certificate != nullptr, "X509_new");
  X509_set_version(certificate.get(), X509_VERSION_3);
  std::string serial = random_octets(16);
  serial[0] = static_cast<char>(serial[0] | 0x40);  // of full length
  const BignumPtr number(BN_bin2bn(reinterpret_cast<const unsigned char*>(serial.data()),
                                   static_cast<int>(serial.size()), nullptr));
  BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate.get()));
  X509_set1_notBefore(certificate.get(), time_at(from).get());
  X509_set1_notAfter(certificate.get(), time_at(until).get());
  demand(X509_set_pubkey(certificate.get(), &key) == 1, "public key");
  return certificate;
}

void add_subject_entry(X509& certificate, const std::string& oid, const std::string& text) {
  demand(X509_NAME_add_entry_by_txt(X509_get_subject_name(&certificate), oid.c_str(), MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(text.c_str()), -1, -1, 0) == 1,
         "subject");
}

void add_extension(X509& certificate, X509& issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, &issuer, &certificate, nullptr, nullptr, 0);
  // Policies are not taken without a configuration, though they need nothing of it.
  const ConfigPtr config(NCONF_new(nullptr));
  X509V3_set_nconf(&context, config.get());
  const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  demand(extension != nullptr && X509_add_ext(&certificate, extension.get(), -1) == 1, value.c_str());
}

void sign(X509& certificate, const X509& issuer, EVP_PKEY& issuer_key) {
  demand(X509_set_issuer_name(&certificate, X509_get_subject_name(&issuer)) == 1, "issuer");
  demand(X509_sign(&certificate, &issuer_key, EVP_sha256()) > 0, "signing");
}

std::string pem_of(X509& certificate) {
  const BioPtr memory(BIO_new(BIO_s_mem()));
  demand(PEM_write_bio_X509(memory.get(), &certificate) == 1, "PEM");
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string der_of(X509& certificate) {
  const int size = i2d_X509(&certificate, nullptr);
  demand(size > 0, "DER");
  std::string der(static_cast<std::size_t>(size), '\0');
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  i2d_X509(&certificate, &out);
  return der;
}

}  // namespace certmgr::lab::strict
