// SPDX-License-Identifier: MIT
#include "lab/authority.h"

#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <array>
#include <stdexcept>

#include "lab/temp_dir.h"

namespace certmgr::lab {
namespace {

void demand(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(std::string("OpenSSL: ") + what);
}

PkeyPtr new_key() {
  PkeyPtr key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  demand(key != nullptr, "key generation");
  return key;
}

void add_extension(X509& certificate, X509& issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, &issuer, &certificate, nullptr, nullptr, 0);
  std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>> extension(
      X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  demand(extension != nullptr && X509_add_ext(&certificate, extension.get(), -1) == 1, "extension");
}

std::string alternative_names(const std::vector<std::string>& names) {
  std::string value;
  for (const auto& name : names) {
    const bool address =
        name.find(':') != std::string::npos || name.find_first_not_of("0123456789.") == std::string::npos;
    if (!value.empty()) value += ',';
    value += (address ? "IP:" : "DNS:") + name;
  }
  return value;
}

/// A certificate without extensions and signature.
X509Ptr draft(EVP_PKEY& key, const std::string& common_name, X509_NAME* issuer, Validity validity) {
  X509Ptr certificate(X509_new());
  demand(certificate != nullptr, "X509_new");
  X509_set_version(certificate.get(), X509_VERSION_3);
  std::array<unsigned char, 16> serial{};
  demand(RAND_bytes(serial.data(), serial.size()) == 1, "random numbers");
  serial[0] = static_cast<unsigned char>((serial[0] & 0x3F) | 0x40);  // positive, of full length
  std::unique_ptr<BIGNUM, Freed<BN_free>> number(BN_bin2bn(serial.data(), serial.size(), nullptr));
  BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate.get()));
  X509_time_adj_ex(X509_getm_notBefore(certificate.get()), validity.from, 0, nullptr);
  X509_time_adj_ex(X509_getm_notAfter(certificate.get()), validity.to, 0, nullptr);
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), issuer != nullptr ? issuer : subject);
  demand(X509_set_pubkey(certificate.get(), &key) == 1, "public key");
  return certificate;
}

X509Ptr make_ca(EVP_PKEY& key, const std::string& name, X509* issuer, EVP_PKEY& issuer_key) {
  auto certificate =
      draft(key, name, issuer != nullptr ? X509_get_subject_name(issuer) : nullptr, Validity{-2, 3650});
  X509& parent = issuer != nullptr ? *issuer : *certificate;
  add_extension(*certificate, parent, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(*certificate, parent, NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(*certificate, parent, NID_subject_key_identifier, "hash");
  demand(X509_sign(certificate.get(), &issuer_key, EVP_sha256()) > 0, "signing");
  return certificate;
}

X509Ptr make_leaf(EVP_PKEY& key, const std::vector<std::string>& names, X509* issuer, EVP_PKEY& issuer_key,
                  Validity validity) {
  auto certificate =
      draft(key, names.at(0), issuer != nullptr ? X509_get_subject_name(issuer) : nullptr, validity);
  X509& parent = issuer != nullptr ? *issuer : *certificate;
  add_extension(*certificate, parent, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(*certificate, parent, NID_key_usage, "critical,digitalSignature");
  add_extension(*certificate, parent, NID_ext_key_usage, "serverAuth");
  add_extension(*certificate, parent, NID_subject_key_identifier, "hash");
  add_extension(*certificate, parent, NID_subject_alt_name, alternative_names(names));
  if (issuer != nullptr) {
    add_extension(*certificate, parent, NID_authority_key_identifier, "keyid");
  }
  demand(X509_sign(certificate.get(), &issuer_key, EVP_sha256()) > 0, "signing");
  return certificate;
}

std::string text_of(BIO& memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(&memory, &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string pem_of(X509& certificate) {
  BioPtr memory(BIO_new(BIO_s_mem()));
  demand(PEM_write_bio_X509(memory.get(), &certificate) == 1, "PEM");
  return text_of(*memory);
}

std::string pem_of(EVP_PKEY& key) {
  BioPtr memory(BIO_new(BIO_s_mem()));
  demand(PEM_write_bio_PrivateKey(memory.get(), &key, nullptr, nullptr, 0, nullptr, nullptr) == 1, "PEM");
  return text_of(*memory);
}

X509Ptr first_certificate(const std::string& pem) {
  BioPtr memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  X509Ptr certificate(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
  demand(certificate != nullptr, "not a certificate");
  return certificate;
}

std::string hex(const unsigned char* data, unsigned size) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (unsigned i = 0; i < size; ++i) {
    text += kDigits[data[i] >> 4];
    text += kDigits[data[i] & 0x0F];
  }
  return text;
}

}  // namespace

std::string fingerprint_of(const X509& certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  demand(X509_digest(&certificate, EVP_sha256(), digest.data(), &size) == 1, "digest");
  return hex(digest.data(), size);
}

std::string issuer_of(const X509& certificate) {
  std::array<char, 256> name{};
  X509_NAME_get_text_by_NID(X509_get_issuer_name(&certificate), NID_commonName, name.data(),
                            static_cast<int>(name.size()));
  return name.data();
}

Authority::Authority(const std::string& name)
    : root_key_(new_key()),
      root_(make_ca(*root_key_, name + " Root", nullptr, *root_key_)),
      intermediate_key_(new_key()),
      intermediate_(make_ca(*intermediate_key_, name + " Intermediate", root_.get(), *root_key_)),
      root_pem_(pem_of(*root_)) {}

Pair Authority::issue(const std::vector<std::string>& names, Validity validity) const {
  const auto key = new_key();
  const auto leaf = make_leaf(*key, names, intermediate_.get(), *intermediate_key_, validity);
  return {pem_of(*leaf) + pem_of(*intermediate_), pem_of(*key)};
}

std::string Authority::certify_key_of(const std::string& certificate_pem,
                                      const std::vector<std::string>& names, Validity validity) const {
  const auto existing = first_certificate(certificate_pem);
  EVP_PKEY* key = X509_get0_pubkey(existing.get());
  demand(key != nullptr, "no public key");
  const auto leaf = make_leaf(*key, names, intermediate_.get(), *intermediate_key_, validity);
  return pem_of(*leaf) + pem_of(*intermediate_);
}

Pair self_signed(const std::vector<std::string>& names, Validity validity) {
  const auto key = new_key();
  const auto leaf = make_leaf(*key, names, nullptr, *key, validity);
  return {pem_of(*leaf), pem_of(*key)};
}

std::vector<std::string> names_in(const std::string& certificate_pem) {
  const auto certificate = first_certificate(certificate_pem);
  std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>> entries(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate.get(), NID_subject_alt_name, nullptr, nullptr)));
  std::vector<std::string> names;
  for (int i = 0; entries != nullptr && i < sk_GENERAL_NAME_num(entries.get()); ++i) {
    const GENERAL_NAME* entry = sk_GENERAL_NAME_value(entries.get(), i);
    if (entry->type != GEN_DNS) continue;
    names.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(entry->d.dNSName)),
                       static_cast<std::size_t>(ASN1_STRING_length(entry->d.dNSName)));
  }
  return names;
}

std::vector<std::string> split_chain(const std::string& chain_pem) {
  static const std::string kBegin = "-----BEGIN CERTIFICATE-----";
  static const std::string kEnd = "-----END CERTIFICATE-----\n";
  std::vector<std::string> blocks;
  for (auto from = chain_pem.find(kBegin); from != std::string::npos; from = chain_pem.find(kBegin, from)) {
    const auto to = chain_pem.find(kEnd, from);
    if (to == std::string::npos) break;
    blocks.push_back(chain_pem.substr(from, to + kEnd.size() - from));
    from = to;
  }
  return blocks;
}

std::string fingerprint_of_pem(const std::string& certificate_pem) {
  return fingerprint_of(*first_certificate(certificate_pem));
}

bool matches(const Pair& pair) {
  BioPtr memory(BIO_new_mem_buf(pair.key_pem.data(), static_cast<int>(pair.key_pem.size())));
  const PkeyPtr key(PEM_read_bio_PrivateKey(memory.get(), nullptr, nullptr, nullptr));
  return key != nullptr &&
         X509_check_private_key(first_certificate(pair.certificate_pem).get(), key.get()) == 1;
}

void write_pair(const Pair& pair, const std::filesystem::path& certificate,
                const std::filesystem::path& key) {
  write_file(certificate, pair.certificate_pem);
  write_file(key, pair.key_pem);
  std::filesystem::permissions(key, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

}  // namespace certmgr::lab
