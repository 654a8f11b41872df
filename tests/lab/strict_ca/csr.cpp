// SPDX-License-Identifier: MIT
#include "lab/strict_ca/csr.h"

#include <arpa/inet.h>
#include <openssl/ec.h>
#include <openssl/x509v3.h>

#include <array>

namespace certmgr::lab::strict {
namespace {

using NamesPtr = std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>>;

Refusal bad(const std::string& why) { return {problems::broken_rule("badCSR", why)}; }

std::string text_of(const ASN1_STRING& value) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(&value)),
          static_cast<std::size_t>(ASN1_STRING_length(&value))};
}

Identifier identifier_of(const GENERAL_NAME& entry) {
  if (entry.type == GEN_DNS) return {"dns", text_of(*entry.d.dNSName)};
  if (entry.type != GEN_IPADD) throw bad("the names must be DNS names and addresses");
  const std::string octets = text_of(*entry.d.iPAddress);
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = octets.size() == 4 ? AF_INET : AF_INET6;
  if ((octets.size() != 4 && octets.size() != 16) ||
      inet_ntop(family, octets.data(), text.data(), text.size()) == nullptr)
    throw bad("an address of odd length");
  return {"ip", text.data()};
}

struct ExtensionsFree {
  void operator()(STACK_OF(X509_EXTENSION) * all) const noexcept {
    sk_X509_EXTENSION_pop_free(all, X509_EXTENSION_free);
  }
};

std::set<Identifier> names_of(X509_REQ& csr) {
  const std::unique_ptr<STACK_OF(X509_EXTENSION), ExtensionsFree> extensions(X509_REQ_get_extensions(&csr));
  if (X509v3_get_ext_by_NID(extensions.get(), NID_tlsfeature, -1) >= 0)
    throw bad("must-staple is not offered");
  const NamesPtr entries(
      static_cast<GENERAL_NAMES*>(X509V3_get_d2i(extensions.get(), NID_subject_alt_name, nullptr, nullptr)));
  std::set<Identifier> names;
  for (int i = 0; entries != nullptr && i < sk_GENERAL_NAME_num(entries.get()); ++i)
    if (!names.insert(identifier_of(*sk_GENERAL_NAME_value(entries.get(), i))).second)
      throw bad("a name is there twice");
  return names;
}

void demand_good_key(const Core& core, EVP_PKEY& key) {
  const int bits = EVP_PKEY_get_bits(&key);
  std::array<char, 32> group{};
  std::size_t size = 0;
  if (EVP_PKEY_is_a(&key, "RSA") == 1) {
    if (bits < 2048 || bits > 4096) throw bad("RSA keys must have 2048 to 4096 bits");
  } else if (EVP_PKEY_is_a(&key, "EC") != 1 ||
             EVP_PKEY_get_group_name(&key, group.data(), group.size(), &size) != 1 ||
             (std::string(group.data()) != "prime256v1" && std::string(group.data()) != "secp384r1")) {
    throw bad("the key must be RSA, P-256 or P-384");
  }
  // RFC 8555 section 11.1: a certificate for an account key could be used to speak as the account.
  for (const auto& [id, account] : core.ledger.accounts)
    if (EVP_PKEY_eq(account.key.handle(), &key) == 1) throw bad("the key is that of an account");
}

}  // namespace

CsrPtr parsed_csr(const std::string& der) {
  const auto* from = reinterpret_cast<const unsigned char*>(der.data());
  const auto* end = from + der.size();
  CsrPtr csr(d2i_X509_REQ(nullptr, &from, static_cast<long>(der.size())));
  if (csr == nullptr || from != end) throw bad("the csr is not DER of a PKCS #10 request");
  return csr;
}

std::string common_name_of(const X509_REQ& csr) {
  const X509_NAME* subject = X509_REQ_get_subject_name(&csr);
  const int position = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  return position < 0 ? std::string()
                      : text_of(*X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, position)));
}

void demand_good_csr(const Core& core, const std::string& der, const Order& order) {
  const CsrPtr csr = parsed_csr(der);
  EVP_PKEY* key = X509_REQ_get0_pubkey(csr.get());
  if (key == nullptr || X509_REQ_verify(csr.get(), key) != 1) throw bad("the csr's signature does not hold");
  if (const int nid = X509_REQ_get_signature_nid(csr.get());
      nid == NID_sha1WithRSAEncryption || nid == NID_ecdsa_with_SHA1 || nid == NID_md5WithRSAEncryption)
    throw bad("the csr's digest is too weak");
  const auto names = names_of(*csr);
  if (names != std::set<Identifier>(order.identifiers.begin(), order.identifiers.end()))
    throw bad("the names are not those of the order");
  const std::string common_name = common_name_of(*csr);
  if (!common_name.empty() && !names.contains({"dns", common_name}))
    throw bad("the common name is none of the DNS names");
  demand_good_key(core, *key);
}

}  // namespace certmgr::lab::strict
