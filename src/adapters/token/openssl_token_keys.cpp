// SPDX-License-Identifier: MIT
#include "adapters/token/openssl_token_keys.h"

#include <stdlib.h>

#include "adapters/token/engine_key.h"
#include "adapters/token/provider_key.h"
#include "adapters/token/token_search.h"
#include "crypto/private_key.h"
#include "crypto/public_key.h"
#include "platform/private_file.h"

namespace certmgr::token {
namespace {

/// PKCS#11 has no limit; no token takes as many.
constexpr std::size_t kMostPin = 256;
/// A smart card takes seconds for an RSA signature; some want a finger on a button.
constexpr std::chrono::seconds kLimit(60);

Result<platform::SecretText> read_pin(const TokenKey& key) {
  if (key.pin_file.empty()) return platform::SecretText();
  auto pin =
      platform::read_private_file(key.pin_file, "cannot use the key " + to_uri(key), "pin-source", kMostPin);
  if (!pin) return pin;
  auto& text = pin->text();
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  if (!text.empty()) return pin;
  return fail({.kind = TroubleKind::configuration,
               .code = "secret_file",
               .what = "cannot use the key " + to_uri(key),
               .why = "its pin-source " + key.pin_file + " is empty",
               .hint = "write the PIN into it, on one line"});
}

/// Before it is asked to sign, for then nobody knows what was wrong.
Result<void> look_at(EVP_PKEY& opened, const TokenKey& key) {
  const auto unusable = [&](std::string why, std::string hint) {
    return fail({.kind = TroubleKind::usage,
                 .code = "token_key_unusable",
                 .what = "cannot use the key " + to_uri(key),
                 .why = std::move(why),
                 .hint = std::move(hint)});
  };
  const int kind = EVP_PKEY_get_base_id(&opened);
  if (kind != EVP_PKEY_EC && kind != EVP_PKEY_RSA)
    return unusable("it is neither an ECDSA nor an RSA key",
                    "use ECDSA P-256 or P-384, or RSA with 2048, 3072 or 4096 bits");
  if (const auto half = crypto::spki_sha256(opened); !half)
    return unusable("its public half cannot be had: " + half.error().why,
                    "a public key or a certificate with the same id must be in the token, too");
  return {};
}

}  // namespace

Result<OpenedKey> OpenSslTokenKeys::open(const TokenKey& key) const {
  if (access_.provider.empty() && access_.engine.empty())
    return fail({.kind = TroubleKind::configuration,
                 .code = "no_token_access",
                 .what = "cannot use the key " + to_uri(key),
                 .why = "the configuration does not say how to reach PKCS#11 tokens",
                 .hint = "on Debian 12: 'apt install libengine-pkcs11-openssl', then [pkcs11] with engine = "
                         "\"pkcs11\" and module = \"/PATH/OF/MODULE.so\"; where there is the package "
                         "pkcs11-provider: [pkcs11] with provider = \"pkcs11\" and module"});
  const auto pin = read_pin(key);
  if (!pin) return fail(pin.error());
  // Of what is wrong with a token, the engine tells little and the provider nothing.
  if (!access_.module.empty()) {
    if (auto only = find_only(access_.module, key, pin->text()); !only) return fail(std::move(only.error()));
  }
  if (access_.provider.empty())
    return open_with_engine(access_.engine, access_.module, to_uri(key), pin->text());
  // The provider reads it when it is loaded; this process ends with the request.
  if (!access_.module.empty()) ::setenv("PKCS11_PROVIDER_MODULE", access_.module.c_str(), 1);
  return open_with_provider(access_.provider, access_.provider_folder, to_uri(key), pin->text());
}

Result<Octets> OpenSslTokenKeys::sign(const TokenKey& key, const std::vector<Identifier>& identifiers) const {
  const auto opened = open(key);
  if (!opened) return fail(opened.error());
  if (auto sound = look_at(*opened->key, key); !sound) return fail(std::move(sound.error()));
  auto request = crypto::certificate_request(*opened->key, identifiers);
  if (request) return request;
  Trouble trouble = std::move(request.error());
  trouble.what += " with the key " + to_uri(key);
  trouble.hint = "see that the token lets this key sign";
  return fail(std::move(trouble));
}

Result<std::vector<std::uint8_t>> OpenSslTokenKeys::certificate_request(
    const TokenKey& key, const std::vector<Identifier>& identifiers) {
  return in_own_process([&] { return sign(key, identifiers); }, kLimit);
}

}  // namespace certmgr::token
