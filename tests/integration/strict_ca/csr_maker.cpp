// SPDX-License-Identifier: MIT
#include "integration/strict_ca/csr_maker.h"

#include <openssl/x509v3.h>

#include <stdexcept>

namespace certmgr::lab::testing {
namespace {

using CsrPtr = std::unique_ptr<X509_REQ, Freed<X509_REQ_free>>;

struct ExtensionsFree {
  void operator()(STACK_OF(X509_EXTENSION) * all) const noexcept {
    sk_X509_EXTENSION_pop_free(all, X509_EXTENSION_free);
  }
};

std::string entries(const CsrWish& wish) {
  std::string value = wish.more_names;
  for (const auto& name : wish.names) {
    const bool address =
        name.find(':') != std::string::npos || name.find_first_not_of("0123456789.") == std::string::npos;
    value += (value.empty() ? "" : ",") + std::string(address ? "IP:" : "DNS:") + name;
  }
  return value;
}

void add_extensions(X509_REQ& csr, const CsrWish& wish) {
  const std::unique_ptr<STACK_OF(X509_EXTENSION), ExtensionsFree> all(sk_X509_EXTENSION_new_null());
  const auto add = [&](int nid, const std::string& value) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
    if (extension == nullptr) throw std::runtime_error("no extension " + value);
    sk_X509_EXTENSION_push(all.get(), extension);
  };
  if (const auto names = entries(wish); !names.empty()) add(NID_subject_alt_name, names);
  if (wish.must_staple) add(NID_tlsfeature, "status_request");
  X509_REQ_add_extensions(&csr, all.get());
}

}  // namespace

std::string make_csr(const CsrWish& wish) {
  const PkeyPtr fresh(wish.key == nullptr ? EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256") : nullptr);
  EVP_PKEY* key = wish.key != nullptr ? wish.key : fresh.get();
  const CsrPtr csr(X509_REQ_new());
  X509_REQ_set_pubkey(csr.get(), key);
  if (!wish.common_name.empty())
    X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(csr.get()), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(wish.common_name.c_str()), -1, -1, 0);
  add_extensions(*csr, wish);
  const bool own_digest = EVP_PKEY_is_a(key, "ED25519") == 1;
  if (X509_REQ_sign(csr.get(), key, own_digest ? nullptr : EVP_sha256()) <= 0)
    throw std::runtime_error("cannot sign the request");
  std::string der(static_cast<std::size_t>(i2d_X509_REQ(csr.get(), nullptr)), '\0');
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  i2d_X509_REQ(csr.get(), &out);
  if (wish.broken_signature) der.back() = static_cast<char>(der.back() ^ 1);
  return der;
}

std::string csr_for(const std::vector<std::string>& names) { return make_csr({.names = names}); }

}  // namespace certmgr::lab::testing
