// SPDX-License-Identifier: MIT
#include "crypto/private_key.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>

#include "certmgr/domain/ip_address.h"
#include "crypto/ec_pkcs8.h"
#include "crypto/public_key.h"

namespace certmgr::crypto {
namespace {

// No key this program makes or reads is longer; a longer text is an attempt to waste memory.
constexpr std::size_t kMostKeyText = std::size_t{64} * 1024;

Trouble key_trouble(std::string code, std::string what, std::string why) {
  return Trouble{.kind = TroubleKind::permanent,
                 .code = std::move(code),
                 .what = std::move(what),
                 .why = std::move(why),
                 .hint = {},
                 .detail = {},
                 .retry_at = {}};
}

tl::unexpected<Trouble> openssl_failed(std::string code, std::string what) {
  return fail(key_trouble(std::move(code), std::move(what), "OpenSSL: " + openssl_reason()));
}

/// Not by the names of NIST: where openssl.cnf starts an engine that offers EC keys, as that for PKCS#11
/// does, OpenSSL 3.0 hands the name to the engine's method, which knows the others alone.
PkeyPtr generate_ec(const char* curve) { return PkeyPtr(EVP_EC_gen(curve)); }

PkeyPtr generate_rsa(int bits) {
  const PkeyCtxPtr context(EVP_PKEY_CTX_new_id(EVP_PKEY_RSA, nullptr));
  const BignumPtr exponent(BN_new());
  EVP_PKEY* made = nullptr;
  if (!context || !exponent || BN_set_word(exponent.get(), RSA_F4) != 1 ||
      EVP_PKEY_keygen_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), bits) != 1 ||
      EVP_PKEY_CTX_set1_rsa_keygen_pubexp(context.get(), exponent.get()) != 1 ||
      EVP_PKEY_generate(context.get(), &made) != 1) {
    return nullptr;
  }
  return PkeyPtr(made);
}

// OpenSSL hands stacks over as one list of elements; these free elements and list together.
void free_names(GENERAL_NAMES* names) { GENERAL_NAMES_free(names); }
void free_extensions(STACK_OF(X509_EXTENSION) * list) {
  sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free);
}

using NamesPtr = std::unique_ptr<GENERAL_NAMES, Deleter<free_names>>;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;
using ExtensionsPtr = std::unique_ptr<STACK_OF(X509_EXTENSION), Deleter<free_extensions>>;
using GeneralNamePtr = std::unique_ptr<GENERAL_NAME, Deleter<GENERAL_NAME_free>>;
using OctetsPtr = std::unique_ptr<ASN1_OCTET_STRING, Deleter<ASN1_OCTET_STRING_free>>;
using ObjectPtr = std::unique_ptr<ASN1_OBJECT, Deleter<ASN1_OBJECT_free>>;
using NamePtr = std::unique_ptr<X509_NAME, Deleter<X509_NAME_free>>;
using Ia5Ptr = std::unique_ptr<ASN1_IA5STRING, Deleter<ASN1_IA5STRING_free>>;

bool add_dns_name(GENERAL_NAMES& names, const std::string& name) {
  Ia5Ptr text(ASN1_IA5STRING_new());
  GeneralNamePtr entry(GENERAL_NAME_new());
  if (!text || !entry || ASN1_STRING_set(text.get(), name.data(), static_cast<int>(name.size())) != 1) {
    return false;
  }
  GENERAL_NAME_set0_value(entry.get(), GEN_DNS, text.release());
  if (sk_GENERAL_NAME_push(&names, entry.get()) <= 0) return false;
  static_cast<void>(entry.release());
  return true;
}

bool add_ip_address(GENERAL_NAMES& names, const std::string& address) {
  const auto octets = ip_octets(address);
  OctetsPtr text(ASN1_OCTET_STRING_new());
  GeneralNamePtr entry(GENERAL_NAME_new());
  if (!octets || !text || !entry ||
      ASN1_OCTET_STRING_set(text.get(), octets->data(), static_cast<int>(octets->size())) != 1)
    return false;
  GENERAL_NAME_set0_value(entry.get(), GEN_IPADD, text.release());
  if (sk_GENERAL_NAME_push(&names, entry.get()) <= 0) return false;
  static_cast<void>(entry.release());
  return true;
}

bool add_san_extension(X509_REQ& request, const std::vector<Identifier>& identifiers) {
  const NamesPtr names(GENERAL_NAMES_new());
  if (!names) return false;
  for (const Identifier& identifier : identifiers) {
    const bool added = identifier.type == IdentifierType::ip ? add_ip_address(*names, identifier.value)
                                                             : add_dns_name(*names, identifier.value);
    if (!added) return false;
  }
  const ExtensionsPtr extensions(sk_X509_EXTENSION_new_null());
  // Not critical: the CA decides that for its certificate, and some refuse a critical request.
  ExtensionPtr extension(X509V3_EXT_i2d(NID_subject_alt_name, 0, names.get()));
  if (!extensions || !extension || sk_X509_EXTENSION_push(extensions.get(), extension.get()) <= 0)
    return false;
  static_cast<void>(extension.release());
  return X509_REQ_add_extensions(&request, extensions.get()) == 1;
}

bool add_attribute(X509_NAME& name, const CsrAttribute& wanted) {
  const std::string& value = wanted.attribute.value;
  const int type = wanted.encoding == TextEncoding::printable ? V_ASN1_PRINTABLESTRING : V_ASN1_UTF8STRING;
  // As OBJ: by its text OpenSSL would look for a name first. The type is set, so the octets go in as they
  // are.
  const ObjectPtr oid(OBJ_txt2obj(std::string(wanted.attribute.oid).c_str(), 1));
  return oid && X509_NAME_add_entry_by_OBJ(&name, oid.get(), type,
                                           reinterpret_cast<const unsigned char*>(value.data()),
                                           static_cast<int>(value.size()), -1, 0) == 1;
}

bool set_subject(X509_REQ& request, const std::vector<CsrAttribute>& subject) {
  const NamePtr name(X509_NAME_new());
  return name &&
         std::all_of(subject.begin(), subject.end(),
                     [&](const CsrAttribute& attribute) { return add_attribute(*name, attribute); }) &&
         X509_REQ_set_subject_name(&request, name.get()) == 1;
}

const EVP_MD* digest_for(const EVP_PKEY& key) {
  return EVP_PKEY_get_base_id(&key) == EVP_PKEY_EC && EVP_PKEY_get_bits(&key) > 256 ? EVP_sha384()
                                                                                    : EVP_sha256();
}

bool sign(X509_REQ& request, EVP_PKEY& key) {
  const MdCtxPtr context(EVP_MD_CTX_new());
  if (!context) return false;
  // Nothing is signed after it. Without this OpenSSL signs with a copy, which many tokens cannot make.
  EVP_MD_CTX_set_flags(context.get(), EVP_MD_CTX_FLAG_FINALISE);
  return EVP_DigestSignInit(context.get(), nullptr, digest_for(key), nullptr, &key) == 1 &&
         X509_REQ_sign_ctx(&request, context.get()) > 0;
}

bool write_pkcs8(BIO& bio, EVP_PKEY& key) {
  auto der = ec_pkcs8(key);
  if (!der) return PEM_write_bio_PKCS8PrivateKey(&bio, &key, nullptr, nullptr, 0, nullptr, nullptr) == 1;
  const bool written =
      PEM_write_bio(&bio, PEM_STRING_PKCS8INF, "", der->data(), static_cast<long>(der->size())) > 0;
  OPENSSL_cleanse(der->data(), der->size());
  return written;
}

}  // namespace

Result<PkeyPtr> generate_key(KeyType type) {
  PkeyPtr key;
  switch (type) {
    case KeyType::ecdsa_p256:
      key = generate_ec("prime256v1");
      break;
    case KeyType::ecdsa_p384:
      key = generate_ec("secp384r1");
      break;
    case KeyType::rsa_2048:
      key = generate_rsa(2048);
      break;
    case KeyType::rsa_3072:
      key = generate_rsa(3072);
      break;
    case KeyType::rsa_4096:
      key = generate_rsa(4096);
      break;
  }
  if (!key) {
    return openssl_failed("key_generation_failed",
                          "cannot generate a private key of type " + std::string(to_string(type)));
  }
  return key;
}

Result<std::string> to_pem(EVP_PKEY& key) {
  // A secure memory BIO wipes what it held when it is freed.
  const BioPtr bio(BIO_new(BIO_s_secmem()));
  if (!bio || !write_pkcs8(*bio, key)) {
    return openssl_failed("key_unusable", "cannot write a private key as PEM");
  }
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &data);
  if (length <= 0) return openssl_failed("key_unusable", "cannot write a private key as PEM");
  return std::string(data, static_cast<std::size_t>(length));
}

Result<PkeyPtr> key_from_pem(std::string_view pem) {
  const std::string what = "cannot read a private key";
  if (pem.size() > kMostKeyText) return fail(key_trouble("key_malformed", what, "the text is too long"));
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (!bio) return openssl_failed("key_malformed", what);
  // Without a callback OpenSSL would ask the terminal for the pass phrase of an encrypted key.
  const auto no_passphrase = [](char*, int, int, void*) { return -1; };
  PkeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  if (!key) return openssl_failed("key_malformed", what);
  return key;
}

Result<Bytes> certificate_request(EVP_PKEY& key, const std::vector<Identifier>& identifiers,
                                  const std::vector<CsrAttribute>& subject) {
  const std::string what = "cannot make a certificate request for " + join(identifiers);
  if (identifiers.empty()) {
    return fail(
        key_trouble("csr_failed", "cannot make a certificate request", "it would name no identifier"));
  }
  const X509ReqPtr request(X509_REQ_new());
  if (!request || X509_REQ_set_version(request.get(), X509_REQ_VERSION_1) != 1 ||
      !set_subject(*request, subject) || !set_public_key(*request, key) ||
      !add_san_extension(*request, identifiers) || !sign(*request, key)) {
    return openssl_failed("csr_failed", what);
  }
  const int length = i2d_X509_REQ(request.get(), nullptr);
  if (length <= 0) return openssl_failed("csr_failed", what);
  Bytes der(static_cast<std::size_t>(length));
  std::uint8_t* end = der.data();
  if (i2d_X509_REQ(request.get(), &end) != length) return openssl_failed("csr_failed", what);
  return der;
}

}  // namespace certmgr::crypto
