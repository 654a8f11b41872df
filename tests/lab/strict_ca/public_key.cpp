// SPDX-License-Identifier: MIT
#include "lab/strict_ca/public_key.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>

#include <stdexcept>

#include "lab/strict_ca/encoding.h"
#include "lab/strict_ca/problem.h"
#include "lab/strict_ca/strict_json.h"

namespace certmgr::lab::strict {
namespace {

using BignumPtr = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using ContextPtr = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using BuilderPtr = std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>>;
using ParamsPtr = std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>>;
using DigestPtr = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using EcSignaturePtr = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;

struct Curve {
  const char* jwk;
  const char* openssl;
  std::size_t octets;
  const char* algorithm;
};
constexpr Curve kCurves[] = {{"P-256", "P-256", 32, "ES256"}, {"P-384", "P-384", 48, "ES384"}};

const unsigned char* octets_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Refusal bad_key(const std::string& why) { return {problems::broken_rule("badPublicKey", why)}; }

std::string member(const json& jwk, const char* name) {
  const auto octets = from_base64url(text_member(jwk, name, "the jwk"));
  if (!octets || octets->empty()) throw bad_key(std::string("the jwk's ") + name + " is not base64url");
  return *octets;
}

PkeyPtr built(const char* type, OSSL_PARAM_BLD& builder) {
  const ParamsPtr params(OSSL_PARAM_BLD_to_param(&builder));
  const ContextPtr context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* raw = nullptr;
  if (EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &raw, EVP_PKEY_PUBLIC_KEY, params.get()) != 1)
    throw bad_key("the jwk is no key");
  PkeyPtr key(raw);
  const ContextPtr check(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  if (EVP_PKEY_public_check(check.get()) != 1) throw bad_key("the jwk is not a valid public key");
  return key;
}

PkeyPtr rsa_key(const json& jwk) {
  const std::string modulus = member(jwk, "n");
  const std::string exponent = member(jwk, "e");
  if (modulus[0] == '\0' || exponent[0] == '\0') throw bad_key("a number in the jwk has leading zeros");
  const BignumPtr n(BN_bin2bn(octets_of(modulus), static_cast<int>(modulus.size()), nullptr));
  const BignumPtr e(BN_bin2bn(octets_of(exponent), static_cast<int>(exponent.size()), nullptr));
  const int bits = BN_num_bits(n.get());
  if (bits < 2048 || bits > 4096) throw bad_key("RSA keys must have 2048 to 4096 bits");
  const BuilderPtr builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  return built("RSA", *builder);
}

PkeyPtr ec_key(const json& jwk, const Curve& curve) {
  const std::string x = member(jwk, "x");
  const std::string y = member(jwk, "y");
  // RFC 7518 section 6.2.1.2: the length is that of the curve, leading zeros included.
  if (x.size() != curve.octets || y.size() != curve.octets) throw bad_key("a coordinate of odd length");
  const std::string point = '\x04' + x + y;
  const BuilderPtr builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve.openssl, 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  return built("EC", *builder);
}

json only(const json& jwk, std::initializer_list<const char*> names) {
  json chosen = json::object();
  for (const char* name : names) chosen[name] = jwk.at(name);
  return chosen;
}

/// r and s side by side to the DER that OpenSSL reads.
std::string ecdsa_der(std::string_view signature) {
  const auto half = signature.size() / 2;
  const EcSignaturePtr numbers(ECDSA_SIG_new());
  BignumPtr r(BN_bin2bn(octets_of(signature), static_cast<int>(half), nullptr));
  BignumPtr s(BN_bin2bn(octets_of(signature.substr(half)), static_cast<int>(half), nullptr));
  ECDSA_SIG_set0(numbers.get(), r.release(), s.release());
  std::string der(static_cast<std::size_t>(i2d_ECDSA_SIG(numbers.get(), nullptr)), '\0');
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  i2d_ECDSA_SIG(numbers.get(), &out);
  return der;
}

}  // namespace

const std::vector<std::string>& PublicKey::algorithms() {
  static const std::vector<std::string> kNames = {"ES256", "ES384", "RS256", "EdDSA"};
  return kNames;
}

PublicKey PublicKey::from_jwk(const json& jwk) {
  if (!jwk.is_object()) throw Refusal{problems::malformed("the jwk is not an object")};
  for (const char* secret : {"d", "p", "q", "k"})
    if (jwk.contains(secret)) throw Refusal{problems::malformed("the jwk holds a private key")};
  PublicKey result;
  json needed;
  const std::string type = text_member(jwk, "kty", "the jwk");
  if (type == "RSA") {
    result.key_ = rsa_key(jwk);
    needed = only(jwk, {"e", "kty", "n"});
    result.algorithm_ = "RS256";
  } else if (type == "EC") {
    const std::string name = text_member(jwk, "crv", "the jwk");
    for (const auto& curve : kCurves) {
      if (name != curve.jwk) continue;
      result.key_ = ec_key(jwk, curve);
      needed = only(jwk, {"crv", "kty", "x", "y"});
      result.algorithm_ = curve.algorithm;
    }
  } else if (type == "OKP" && text_member(jwk, "crv", "the jwk") == "Ed25519") {
    const std::string x = member(jwk, "x");
    result.key_ = PkeyPtr(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, octets_of(x), x.size()));
    if (result.key_ == nullptr) throw bad_key("the jwk is no Ed25519 key");
    needed = only(jwk, {"crv", "kty", "x"});
    result.algorithm_ = "EdDSA";
  }
  if (result.key_ == nullptr) throw bad_key("this CA takes RSA, P-256, P-384 and Ed25519 keys");
  // The members come out in the order of their names, as RFC 7638 wants it.
  result.thumbprint_ = base64url(sha256(needed.dump()));
  return result;
}

bool PublicKey::verifies(std::string_view signed_octets, std::string_view signature) const {
  std::string held(signature);
  const EVP_MD* digest = EVP_sha256();
  if (algorithm_ == "EdDSA") {
    digest = nullptr;
  } else if (algorithm_ != "RS256") {
    const std::size_t length = algorithm_ == "ES256" ? 64 : 96;
    if (signature.size() != length) return false;
    if (algorithm_ == "ES384") digest = EVP_sha384();
    held = ecdsa_der(signature);
  }
  const DigestPtr context(EVP_MD_CTX_new());
  return EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key_.get()) == 1 &&
         EVP_DigestVerify(context.get(), octets_of(held), held.size(), octets_of(signed_octets),
                          signed_octets.size()) == 1;
}

}  // namespace certmgr::lab::strict
