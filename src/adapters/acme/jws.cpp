// SPDX-License-Identifier: MIT
#include "adapters/acme/jws.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/hmac.h>

#include <nlohmann/json.hpp>

#include "crypto/encoding.h"

namespace certmgr::acme {
namespace {

using crypto::as_bytes;
using crypto::base64url;
using crypto::BignumPtr;
using crypto::Bytes;

tl::unexpected<Trouble> unusable(std::string why) {
  return fail({.kind = TroubleKind::configuration,
               .code = "account_key_unusable",
               .what = "cannot sign with the account key",
               .why = std::move(why),
               .hint = "run 'certmgr db check'"});
}

Result<Bytes> parameter(const EVP_PKEY& key, const char* name, std::size_t width) {
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_get_bn_param(&key, name, &raw) != 1) return unusable(crypto::openssl_reason());
  const BignumPtr number(raw);
  const auto size = width != 0 ? width : static_cast<std::size_t>(BN_num_bytes(number.get()));
  Bytes bytes(size);
  if (BN_bn2binpad(number.get(), bytes.data(), static_cast<int>(size)) < 0)
    return unusable(crypto::openssl_reason());
  return bytes;
}

struct EcdsaSigFree {
  void operator()(ECDSA_SIG* signature) const noexcept { ECDSA_SIG_free(signature); }
};

/// DER to r || s of fixed width (RFC 7518 section 3.4).
Result<Bytes> fixed_width(const Bytes& der, std::size_t width) {
  const unsigned char* position = der.data();
  const std::unique_ptr<ECDSA_SIG, EcdsaSigFree> signature(
      d2i_ECDSA_SIG(nullptr, &position, static_cast<long>(der.size())));
  if (!signature) return unusable(crypto::openssl_reason());
  Bytes bytes(2 * width);
  const int size = static_cast<int>(width);
  if (BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), bytes.data(), size) < 0 ||
      BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), bytes.data() + width, size) < 0)
    return unusable(crypto::openssl_reason());
  return bytes;
}

std::string flattened(const std::string& header, const std::string& payload, const std::string& signature) {
  return R"({"protected":")" + header + R"(","payload":")" + payload + R"(","signature":")" + signature +
         "\"}";
}

}  // namespace

Result<JwsKey> JwsKey::from(crypto::PkeyPtr key) {
  JwsKey jws;
  if (EVP_PKEY_is_a(key.get(), "RSA") == 1) {
    const auto n = parameter(*key, OSSL_PKEY_PARAM_RSA_N, 0);
    const auto e = parameter(*key, OSSL_PKEY_PARAM_RSA_E, 0);
    if (!n) return fail(n.error());
    if (!e) return fail(e.error());
    jws.algorithm_ = "RS256";
    jws.jwk_ = R"({"e":")" + base64url(*e) + R"(","kty":"RSA","n":")" + base64url(*n) + "\"}";
  } else if (EVP_PKEY_is_a(key.get(), "EC") == 1) {
    const bool p256 = EVP_PKEY_get_bits(key.get()) == 256;
    jws.coordinate_bytes_ = p256 ? 32 : 48;
    const auto x = parameter(*key, OSSL_PKEY_PARAM_EC_PUB_X, jws.coordinate_bytes_);
    const auto y = parameter(*key, OSSL_PKEY_PARAM_EC_PUB_Y, jws.coordinate_bytes_);
    if (!x) return fail(x.error());
    if (!y) return fail(y.error());
    jws.algorithm_ = p256 ? "ES256" : "ES384";
    jws.jwk_ = R"({"crv":")" + std::string(p256 ? "P-256" : "P-384") + R"(","kty":"EC","x":")" +
               base64url(*x) + R"(","y":")" + base64url(*y) + "\"}";
  } else {
    return unusable("its type is not RSA, P-256 or P-384");
  }
  jws.thumbprint_ = base64url(crypto::sha256(as_bytes(jws.jwk_)));
  jws.key_ = std::move(key);
  return jws;
}

Result<std::string> JwsKey::sign(const std::string& protected_json_tail, const std::string& payload) const {
  const std::string header =
      base64url(as_bytes(R"({"alg":")" + algorithm_ + "\"," + protected_json_tail + "}"));
  const std::string body = base64url(as_bytes(payload));
  const std::string input = header + "." + body;
  const crypto::MdCtxPtr context(EVP_MD_CTX_new());
  const EVP_MD* digest = algorithm_ == "ES384" ? EVP_sha384() : EVP_sha256();
  if (!context || EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key_.get()) != 1)
    return unusable(crypto::openssl_reason());
  // One signature is made with it: otherwise OpenSSL copies it first, to be able to go on.
  EVP_MD_CTX_set_flags(context.get(), EVP_MD_CTX_FLAG_FINALISE);
  const int most = EVP_PKEY_get_size(key_.get());
  if (most <= 0) return unusable(crypto::openssl_reason());
  auto size = static_cast<std::size_t>(most);
  Bytes signature(size);
  if (EVP_DigestSign(context.get(), signature.data(), &size, as_bytes(input).data(), input.size()) != 1)
    return unusable(crypto::openssl_reason());
  signature.resize(size);
  if (coordinate_bytes_ != 0) {
    auto fixed = fixed_width(signature, coordinate_bytes_);
    if (!fixed) return fail(std::move(fixed.error()));
    signature = std::move(*fixed);
  }
  return flattened(header, body, base64url(signature));
}

Result<std::string> external_account_binding(const std::string& kid, const std::string& hmac_key_base64url,
                                             const std::string& new_account_url, const std::string& jwk) {
  const auto key = crypto::from_base64url(hmac_key_base64url);
  if (!key || key->empty())
    return fail({.kind = TroubleKind::configuration,
                 .code = "eab_unusable",
                 .what = "cannot bind the account to the CA's external account",
                 .why = "the HMAC key is not base64url",
                 .hint = "put the key exactly as the CA shows it into the file named by eab_hmac_file"});
  const nlohmann::json protected_header = {{"alg", "HS256"}, {"kid", kid}, {"url", new_account_url}};
  const std::string header = base64url(as_bytes(protected_header.dump()));
  const std::string payload = base64url(as_bytes(jwk));
  const std::string input = header + "." + payload;
  Bytes mac(EVP_MAX_MD_SIZE);
  unsigned int size = 0;
  if (HMAC(EVP_sha256(), key->data(), static_cast<int>(key->size()), as_bytes(input).data(), input.size(),
           mac.data(), &size) == nullptr)
    return unusable(crypto::openssl_reason());
  mac.resize(size);
  return flattened(header, payload, base64url(mac));
}

}  // namespace certmgr::acme
