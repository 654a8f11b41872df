// SPDX-License-Identifier: MIT
#include "crypto/chain_top.h"

#include <algorithm>
#include <cctype>

#include "crypto/certificate_chain.h"

namespace certmgr::crypto {
namespace {

using StorePtr = std::unique_ptr<X509_STORE, Deleter<X509_STORE_free>>;
using StoreCtxPtr = std::unique_ptr<X509_STORE_CTX, Deleter<X509_STORE_CTX_free>>;

/// Among the roots this system trusts; nullptr if it is not one of them.
X509Ptr trusted_issuer(X509& certificate) {
  const StorePtr store(X509_STORE_new());
  const StoreCtxPtr context(X509_STORE_CTX_new());
  X509* issuer = nullptr;
  if (!store || !context || X509_STORE_set_default_paths(store.get()) != 1 ||
      X509_STORE_CTX_init(context.get(), store.get(), &certificate, nullptr) != 1 ||
      X509_STORE_CTX_get1_issuer(&issuer, context.get(), &certificate) != 1) {
    openssl_reason();
    return nullptr;
  }
  X509Ptr found(issuer);
  EVP_PKEY* key = X509_get0_pubkey(found.get());
  if (key != nullptr && X509_verify(&certificate, key) == 1) return found;
  openssl_reason();
  return nullptr;
}

/// A SHA-256 as we write it; empty if it is none.
std::string fingerprint_in(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c == ':') continue;
    if (std::isxdigit(static_cast<unsigned char>(c)) == 0) return {};
    digits += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return digits.size() == 64 ? digits : std::string();
}

}  // namespace

Result<ChainTop> chain_top(std::string_view chain_pem) {
  const auto chain = parse_chain(chain_pem);
  if (!chain) return fail(chain.error());
  X509& last = *chain->back();
  ChainTop top{issuer_name(last), {}, {}};
  if (chain->size() > 1) top.fingerprint = fingerprint(last);
  if (const auto issuer = trusted_issuer(last)) top.root_fingerprint = fingerprint(*issuer);
  return top;
}

bool is_top(const ChainTop& top, std::string_view wanted) {
  const std::string digest = fingerprint_in(wanted);
  if (digest.empty()) return top.name == wanted;
  return digest == top.fingerprint || digest == top.root_fingerprint;
}

}  // namespace certmgr::crypto
