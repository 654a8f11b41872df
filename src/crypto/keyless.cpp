// SPDX-License-Identifier: MIT
#include "crypto/keyless.h"

#include <openssl/crypto.h>
#include <openssl/provider.h>

#include <memory>

#include "crypto/openssl_handles.h"

namespace certmgr::crypto {
namespace {

using ContextPtr = std::unique_ptr<OSSL_LIB_CTX, Deleter<OSSL_LIB_CTX_free>>;

ContextPtr make() {
  ContextPtr context(OSSL_LIB_CTX_new());
  // Without any provider OpenSSL would load the default one. It goes with the context.
  if (context && OSSL_PROVIDER_load(context.get(), "null") != nullptr) return context;
  openssl_reason();
  return nullptr;
}

}  // namespace

OSSL_LIB_CTX* keyless_context() {
  static const ContextPtr context = make();
  return context.get();
}

}  // namespace certmgr::crypto
