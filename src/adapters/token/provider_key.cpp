// SPDX-License-Identifier: MIT
#include "adapters/token/provider_key.h"

#include <openssl/err.h>
#include <openssl/provider.h>
#include <openssl/store.h>

#include <filesystem>

#include "adapters/token/pin_prompt.h"
#include "platform/secret_text.h"
#include "platform/trusted_program.h"

namespace certmgr::token {
namespace {

using ProviderPtr = std::unique_ptr<OSSL_PROVIDER, crypto::Deleter<OSSL_PROVIDER_unload>>;
using StorePtr = std::unique_ptr<OSSL_STORE_CTX, crypto::Deleter<OSSL_STORE_close>>;
using StoreInfoPtr = std::unique_ptr<OSSL_STORE_INFO, crypto::Deleter<OSSL_STORE_INFO_free>>;

tl::unexpected<Trouble> refuse(std::string code, const std::string& uri, std::string why, std::string hint) {
  return fail({.kind = TroubleKind::usage,
               .code = std::move(code),
               .what = "cannot use the key " + uri,
               .why = std::move(why),
               .hint = std::move(hint)});
}

/// A wrong PIN, no such token, no such key: a provider finds nothing then, and OpenSSL knows of no error.
std::string with_reason(const std::string& why) {
  return ERR_peek_error() == 0 ? why : why + ": OpenSSL: " + crypto::openssl_reason();
}

Result<std::shared_ptr<OSSL_PROVIDER>> load(const std::string& name, const std::string& folder) {
  const std::string module = folder + "/" + name + ".so";
  // Its code runs with our rights.
  if (!folder.empty() && std::filesystem::exists(module)) {
    if (const auto doubt = platform::distrust(module))
      return fail({.kind = TroubleKind::configuration,
                   .code = "token_module",
                   .what = "cannot use OpenSSL's provider '" + name + "'",
                   .why = doubt->why,
                   .hint = doubt->cure + "; [pkcs11] provider_path names its folder in the configuration"});
  }
  if (!folder.empty()) OSSL_PROVIDER_set_default_search_path(nullptr, folder.c_str());
  // With 1 the default provider stays what everything else uses.
  std::shared_ptr<OSSL_PROVIDER> provider(OSSL_PROVIDER_try_load(nullptr, name.c_str(), 1),
                                          crypto::Deleter<OSSL_PROVIDER_unload>());
  if (provider) return provider;
  return fail({.kind = TroubleKind::configuration,
               .code = "no_token_access",
               .what = "cannot load OpenSSL's provider '" + name + "'",
               .why = "OpenSSL: " + crypto::openssl_reason(),
               .hint = "install it (Debian has it in pkcs11-provider, Debian 12 in its backports), name its "
                       "folder with [pkcs11] provider_path, or use [pkcs11] engine and module"});
}

Result<crypto::PkeyPtr> find_key(const std::string& uri, const std::string& pin) {
  const auto prompt = answer_with_pin();
  platform::SecretText answer(pin);
  const StorePtr store(OSSL_STORE_open(uri.c_str(), prompt.get(), &answer.text(), nullptr, nullptr));
  if (!store)
    return refuse(
        "token_module", uri, with_reason("the provider reaches no token"),
        "name the PKCS#11 module with [pkcs11] module or, where openssl.cnf starts the provider, there "
        "with pkcs11-module-path");
  // A token may hold a certificate and a public key under the same name.
  OSSL_STORE_expect(store.get(), OSSL_STORE_INFO_PKEY);
  crypto::PkeyPtr key;
  while (OSSL_STORE_eof(store.get()) == 0 && OSSL_STORE_error(store.get()) == 0) {
    const StoreInfoPtr info(OSSL_STORE_load(store.get()));
    if (!info || OSSL_STORE_INFO_get_type(info.get()) != OSSL_STORE_INFO_PKEY) continue;
    if (key)
      return refuse("token_key_ambiguous", uri, "several private keys fit",
                    "name the key by its id=, too, each octet as %XX");
    key.reset(OSSL_STORE_INFO_get1_PKEY(info.get()));
  }
  if (key) return key;
  return refuse(
      "token_key_missing", uri, with_reason("the provider finds no such private key"),
      "see that the token is there and holds the key, and that the PIN is right; with [pkcs11] module in "
      "the configuration, certmgr tells these apart");
}

}  // namespace

Result<OpenedKey> open_with_provider(const std::string& provider, const std::string& folder,
                                     const std::string& uri, const std::string& pin) {
  auto loaded = load(provider, folder);
  if (!loaded) return fail(std::move(loaded.error()));
  auto key = find_key(uri, pin);
  if (!key) return fail(std::move(key.error()));
  crypto::openssl_reason();
  return OpenedKey{std::move(*loaded), std::move(*key)};
}

}  // namespace certmgr::token
