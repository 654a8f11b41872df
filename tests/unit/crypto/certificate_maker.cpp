// SPDX-License-Identifier: MIT
#include "unit/crypto/certificate_maker.h"

#include <openssl/pem.h>

#include <stdexcept>

#include "crypto/private_key.h"

namespace certmgr::crypto::testing {
namespace {

void must(bool good, const char* what) {
  if (!good) throw std::runtime_error(std::string(what) + ": " + openssl_reason());
}

using ExtensionPtr = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;

void add_extension(X509& certificate, int nid, const std::string& value) {
  const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str()));
  must(extension && X509_add_ext(&certificate, extension.get(), -1) == 1, "extension");
}

void free_names(GENERAL_NAMES* names) { GENERAL_NAMES_free(names); }

void add_raw_names(X509& certificate, const std::vector<std::string>& raw) {
  const std::unique_ptr<GENERAL_NAMES, Deleter<free_names>> names(GENERAL_NAMES_new());
  for (const std::string& text : raw) {
    GENERAL_NAME* name = GENERAL_NAME_new();
    ASN1_IA5STRING* value = ASN1_IA5STRING_new();
    must(ASN1_STRING_set(value, text.data(), static_cast<int>(text.size())) == 1, "name");
    GENERAL_NAME_set0_value(name, GEN_DNS, value);
    must(sk_GENERAL_NAME_push(names.get(), name) > 0, "name");
  }
  must(X509_add1_ext_i2d(&certificate, NID_subject_alt_name, names.get(), 0, X509V3_ADD_DEFAULT) == 1,
       "names");
}

void add_raw_attribute(X509_NAME& name, const RawAttribute& attribute) {
  const std::unique_ptr<ASN1_OBJECT, Deleter<ASN1_OBJECT_free>> oid(OBJ_txt2obj(attribute.oid.c_str(), 1));
  must(oid && X509_NAME_add_entry_by_OBJ(&name, oid.get(), attribute.type,
                                         reinterpret_cast<const unsigned char*>(attribute.octets.data()),
                                         static_cast<int>(attribute.octets.size()), -1, 0) == 1,
       "attribute");
}

void free_policies(CERTIFICATEPOLICIES* policies) { CERTIFICATEPOLICIES_free(policies); }

void add_policies(X509& certificate, const std::vector<std::string>& dotted) {
  const std::unique_ptr<CERTIFICATEPOLICIES, Deleter<free_policies>> policies(CERTIFICATEPOLICIES_new());
  for (const std::string& oid : dotted) {
    POLICYINFO* policy = POLICYINFO_new();
    ASN1_OBJECT_free(policy->policyid);
    policy->policyid = OBJ_txt2obj(oid.c_str(), 1);
    must(policy->policyid != nullptr && sk_POLICYINFO_push(policies.get(), policy) > 0, "policy");
  }
  must(X509_add1_ext_i2d(&certificate, NID_certificate_policies, policies.get(), 0, X509V3_ADD_DEFAULT) == 1,
       "policies");
}

std::string written(const BioPtr& bio) {
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(length)};
}

}  // namespace

Pair make_certificate(const Wanted& wanted, const Pair* issuer) {
  Pair made{X509Ptr(X509_new()), value_or_throw(generate_key(KeyType::ecdsa_p256))};
  X509& certificate = *made.certificate;
  must(X509_set_version(&certificate, X509_VERSION_3) == 1, "version");
  must(ASN1_INTEGER_set(X509_get_serialNumber(&certificate), wanted.serial) == 1, "serial");
  must(ASN1_TIME_set_string_X509(X509_getm_notBefore(&certificate), "260102030405Z") == 1, "not before");
  must(ASN1_TIME_set_string_X509(X509_getm_notAfter(&certificate), "260402030405Z") == 1, "not after");
  X509_NAME* subject = X509_get_subject_name(&certificate);
  for (const auto& attribute : wanted.subject) add_raw_attribute(*subject, attribute);
  if (!wanted.subject_cn.empty() && wanted.subject.empty()) {
    must(X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(wanted.subject_cn.data()),
                                    static_cast<int>(wanted.subject_cn.size()), -1, 0) == 1,
         "subject");
  }
  const X509& from = issuer != nullptr ? *issuer->certificate : certificate;
  must(X509_set_issuer_name(&certificate, X509_get_subject_name(&from)) == 1, "issuer");
  must(X509_set_pubkey(&certificate, made.key.get()) == 1, "key");
  add_extension(certificate, NID_basic_constraints,
                wanted.authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (!wanted.raw_dns.empty()) {
    add_raw_names(certificate, wanted.raw_dns);
  } else if (!wanted.alt_names.empty() && !wanted.authority) {
    add_extension(certificate, NID_subject_alt_name, wanted.alt_names);
  }
  if (!wanted.policies.empty()) add_policies(certificate, wanted.policies);
  if (!wanted.extended_key_usage.empty())
    add_extension(certificate, NID_ext_key_usage, wanted.extended_key_usage);
  EVP_PKEY* signer = issuer != nullptr ? issuer->key.get() : made.key.get();
  must(X509_sign(&certificate, signer, EVP_sha256()) > 0, "sign");
  return made;
}

std::string pem(const Pair& pair) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  must(PEM_write_bio_X509(bio.get(), pair.certificate.get()) == 1, "pem");
  return written(bio);
}

std::string key_pem(const Pair& pair) { return value_or_throw(to_pem(*pair.key)); }

std::string pem_block(const std::string& name, const std::string& octets) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  must(PEM_write_bio(bio.get(), name.c_str(), "", reinterpret_cast<const unsigned char*>(octets.data()),
                     static_cast<long>(octets.size())) > 0,
       "block");
  return written(bio);
}

std::string der(const Pair& pair) {
  unsigned char* data = nullptr;
  const int length = i2d_X509(pair.certificate.get(), &data);
  must(length > 0, "der");
  std::string octets(reinterpret_cast<const char*>(data), static_cast<std::size_t>(length));
  OPENSSL_free(data);
  return octets;
}

}  // namespace certmgr::crypto::testing
