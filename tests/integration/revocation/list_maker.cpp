// SPDX-License-Identifier: MIT
#include "integration/revocation/list_maker.h"

#include <openssl/ec.h>
#include <openssl/pem.h>

#include <stdexcept>

namespace certmgr::revocation::testing {
namespace {

using crypto::X509Ptr;

using CrlPtr = std::unique_ptr<X509_CRL, crypto::Deleter<X509_CRL_free>>;
using EntryPtr = std::unique_ptr<X509_REVOKED, crypto::Deleter<X509_REVOKED_free>>;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, crypto::Deleter<X509_EXTENSION_free>>;
using TimePtr = std::unique_ptr<ASN1_TIME, crypto::Deleter<ASN1_TIME_free>>;
using IntegerPtr = std::unique_ptr<ASN1_INTEGER, crypto::Deleter<ASN1_INTEGER_free>>;
using EnumeratedPtr = std::unique_ptr<ASN1_ENUMERATED, crypto::Deleter<ASN1_ENUMERATED_free>>;
using ObjectPtr = std::unique_ptr<ASN1_OBJECT, crypto::Deleter<ASN1_OBJECT_free>>;
using StringPtr = std::unique_ptr<ASN1_OCTET_STRING, crypto::Deleter<ASN1_OCTET_STRING_free>>;

void must(bool good, const char* what) {
  if (!good) throw std::runtime_error(std::string(what) + ": " + crypto::openssl_reason());
}

TimePtr time_at(Duration after_now) {
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>((kNow + after_now).time_since_epoch());
  TimePtr time(ASN1_TIME_set(nullptr, static_cast<time_t>(seconds.count())));
  must(time != nullptr, "time");
  return time;
}

IntegerPtr serial_of(const std::string& hex) {
  BIGNUM* raw = nullptr;
  must(BN_hex2bn(&raw, hex.c_str()) > 0, "serial");
  const crypto::BignumPtr number(raw);
  IntegerPtr serial(BN_to_ASN1_INTEGER(number.get(), nullptr));
  must(serial != nullptr, "serial");
  return serial;
}

void add_extension(X509& certificate, int kind, const std::string& value) {
  const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str()));
  must(extension && X509_add_ext(&certificate, extension.get(), -1) == 1, "extension");
}

ExtensionPtr odd_extension() {
  const ObjectPtr object(OBJ_txt2obj("1.3.6.1.4.1.99999.1", 1));
  const StringPtr value(ASN1_OCTET_STRING_new());
  must(ASN1_STRING_set(value.get(), "\x05\x00", 2) == 1, "value");
  ExtensionPtr extension(X509_EXTENSION_create_by_OBJ(nullptr, object.get(), 1, value.get()));
  must(extension != nullptr, "odd extension");
  return extension;
}

X509Ptr blank(const std::string& serial, const std::string& name, EVP_PKEY* key) {
  X509Ptr certificate(X509_new());
  must(X509_set_version(certificate.get(), X509_VERSION_3) == 1, "version");
  must(X509_set_serialNumber(certificate.get(), serial_of(serial).get()) == 1, "serial");
  must(X509_set1_notBefore(certificate.get(), time_at(-std::chrono::days(10)).get()) == 1, "not before");
  must(X509_set1_notAfter(certificate.get(), time_at(std::chrono::days(90)).get()) == 1, "not after");
  must(X509_NAME_add_entry_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, MBSTRING_UTF8,
                                  reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0) == 1,
       "subject");
  must(X509_set_pubkey(certificate.get(), key) == 1, "key");
  return certificate;
}

std::string pem(X509& certificate) {
  const crypto::BioPtr bio(BIO_new(BIO_s_mem()));
  must(PEM_write_bio_X509(bio.get(), &certificate) == 1, "pem");
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(length)};
}

void add_entry(X509_CRL& crl, const Revoked& revoked, bool odd) {
  EntryPtr entry(X509_REVOKED_new());
  must(X509_REVOKED_set_serialNumber(entry.get(), serial_of(revoked.serial).get()) == 1, "entry");
  must(X509_REVOKED_set_revocationDate(entry.get(), time_at(-std::chrono::hours(2)).get()) == 1, "date");
  if (revoked.reason >= 0) {
    const EnumeratedPtr reason(ASN1_ENUMERATED_new());
    must(ASN1_ENUMERATED_set(reason.get(), revoked.reason) == 1, "reason");
    must(X509_REVOKED_add1_ext_i2d(entry.get(), NID_crl_reason, reason.get(), 0, 0) == 1, "reason");
  }
  if (odd) must(X509_REVOKED_add_ext(entry.get(), odd_extension().get(), -1) == 1, "odd entry");
  must(X509_CRL_add0_revoked(&crl, entry.release()) == 1, "entry");
}

void add_extensions(X509_CRL& crl, const WantedList& wanted) {
  if (!wanted.scope.empty()) {
    const ExtensionPtr scope(
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_issuing_distribution_point, wanted.scope.c_str()));
    must(scope && X509_CRL_add_ext(&crl, scope.get(), -1) == 1, "scope");
  }
  if (wanted.delta) {
    const IntegerPtr base = serial_of("01");
    must(X509_CRL_add1_ext_i2d(&crl, NID_delta_crl, base.get(), 1, 0) == 1, "delta");
  }
  if (wanted.odd) must(X509_CRL_add_ext(&crl, odd_extension().get(), -1) == 1, "odd");
}

}  // namespace

ListAuthority::ListAuthority(const std::string& name, const std::string& key_usage)
    : key_(EVP_EC_gen("P-256")) {
  certificate_ = blank("01", name, key_.get());
  must(X509_set_issuer_name(certificate_.get(), X509_get_subject_name(certificate_.get())) == 1, "issuer");
  add_extension(*certificate_, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(*certificate_, NID_key_usage, "critical," + key_usage);
  must(X509_sign(certificate_.get(), key_.get(), EVP_sha256()) > 0, "sign");
}

std::string ListAuthority::chain(const std::string& serial, const std::vector<std::string>& urls,
                                 bool with_issuer) const {
  const crypto::PkeyPtr key(EVP_EC_gen("P-256"));
  const X509Ptr leaf = blank(serial, "pbx.example", key.get());
  must(X509_set_issuer_name(leaf.get(), X509_get_subject_name(certificate_.get())) == 1, "issuer");
  std::string points;
  for (const auto& url : urls) points += (points.empty() ? "URI:" : ",URI:") + url;
  if (!points.empty()) add_extension(*leaf, NID_crl_distribution_points, points);
  must(X509_sign(leaf.get(), key_.get(), EVP_sha256()) > 0, "sign");
  return pem(*leaf) + (with_issuer ? pem(*certificate_) : std::string());
}

std::string ListAuthority::list(const WantedList& wanted) const {
  const CrlPtr crl(X509_CRL_new());
  must(X509_CRL_set_version(crl.get(), X509_CRL_VERSION_2) == 1, "version");
  must(X509_CRL_set_issuer_name(crl.get(), X509_get_subject_name(certificate_.get())) == 1, "issuer");
  must(X509_CRL_set1_lastUpdate(crl.get(), time_at(wanted.from).get()) == 1, "from");
  if (!wanted.open_end) must(X509_CRL_set1_nextUpdate(crl.get(), time_at(wanted.until).get()) == 1, "until");
  for (const auto& one : wanted.revoked) add_entry(*crl, one, one.serial == wanted.odd_entry);
  add_extensions(*crl, wanted);
  must(X509_CRL_sort(crl.get()) == 1, "sort");
  must(X509_CRL_sign(crl.get(), key_.get(), EVP_sha256()) > 0, "sign");
  unsigned char* data = nullptr;
  const int length = i2d_X509_CRL(crl.get(), &data);
  must(length > 0, "der");
  std::string der(reinterpret_cast<const char*>(data), static_cast<std::size_t>(length));
  OPENSSL_free(data);
  return der;
}

}  // namespace certmgr::revocation::testing
