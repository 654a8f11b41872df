// SPDX-License-Identifier: MIT
#include "adapters/token/engine_key.h"

// The ENGINE interface is deprecated since OpenSSL 3.0 in favour of providers. Debian 12 has OpenSSL 3.0 and
// an engine for PKCS#11, and packages no provider for it. Whoever has a provider uses provider_key.h; nothing
// but this file knows of engines.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

#include <openssl/engine.h>

#include "adapters/token/pin_prompt.h"

namespace certmgr::token {
namespace {

Trouble failed(const std::string& uri, std::string why) {
  return {.kind = TroubleKind::permanent,
          .code = "token_failed",
          .what = "cannot use the key " + uri,
          .why = std::move(why),
          .hint =
              "the token does hold it: the engine of Debian 12 takes no key at all where another one in the "
              "token is of a kind it does not know (Ed25519), which a provider ([pkcs11] provider) does"};
}

Trouble no_engine(const std::string& name, std::string why) {
  return {.kind = TroubleKind::configuration,
          .code = "no_token_access",
          .what = "cannot load OpenSSL's engine '" + name + "'",
          .why = std::move(why),
          .hint =
              "install it (on Debian 12 'apt install libengine-pkcs11-openssl'), or name another with "
              "[pkcs11] engine"};
}

// Named here, as the template is in a file where the warning stands.
void free_engine(ENGINE* engine) { ENGINE_free(engine); }
void end_engine(ENGINE* engine) { ENGINE_finish(engine); }

using LoadedEngine = std::unique_ptr<ENGINE, crypto::Deleter<free_engine>>;
using RunningEngine = std::unique_ptr<ENGINE, crypto::Deleter<end_engine>>;

/// Loaded by name from OpenSSL's own folder, which root alone can change.
struct Keeper {
  LoadedEngine loaded;
  RunningEngine running;  // goes first
};

}  // namespace

Result<OpenedKey> open_with_engine(const std::string& engine, const std::string& module,
                                   const std::string& uri, const std::string& pin) {
  OPENSSL_init_crypto(OPENSSL_INIT_ENGINE_DYNAMIC, nullptr);
  auto keeper = std::make_shared<Keeper>();
  keeper->loaded.reset(ENGINE_by_id(engine.c_str()));
  if (!keeper->loaded) return fail(no_engine(engine, "OpenSSL: " + crypto::openssl_reason()));
  // Otherwise it writes to stderr on its own. Not all engines know this.
  ENGINE_ctrl_cmd_string(keeper->loaded.get(), "QUIET", nullptr, 1);
  crypto::openssl_reason();
  if (ENGINE_ctrl_cmd_string(keeper->loaded.get(), "MODULE_PATH", module.c_str(), 0) != 1)
    return fail(no_engine(engine, "it takes no MODULE_PATH, as one for PKCS#11 would"));
  if (ENGINE_init(keeper->loaded.get()) != 1)
    return fail(no_engine(engine, "OpenSSL: " + crypto::openssl_reason()));
  keeper->running.reset(keeper->loaded.get());
  const auto prompt = answer_with_pin();
  std::string answer = pin;
  crypto::PkeyPtr key(ENGINE_load_private_key(keeper->running.get(), uri.c_str(), prompt.get(), &answer));
  OPENSSL_cleanse(answer.data(), answer.size());
  if (!key) return fail(failed(uri, "OpenSSL: " + crypto::openssl_reason()));
  return OpenedKey{std::move(keeper), std::move(key)};
}

}  // namespace certmgr::token
