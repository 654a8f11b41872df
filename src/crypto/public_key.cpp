// SPDX-License-Identifier: MIT
#include "crypto/public_key.h"

#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

#include <array>

#include "crypto/encoding.h"

namespace certmgr::crypto {
namespace {

using PublicKeyPtr = std::unique_ptr<X509_PUBKEY, Deleter<X509_PUBKEY_free>>;

bool is_ec(const EVP_PKEY& key) { return EVP_PKEY_get_base_id(&key) == EVP_PKEY_EC; }

/// RFC 5480 section 2.1.
bool set_point(X509_PUBKEY& info, EVP_PKEY& key) {
  std::array<char, 64> group{};
  std::size_t length = 0;
  if (EVP_PKEY_get_group_name(&key, group.data(), group.size(), &length) != 1) return false;
  const int curve = OBJ_txt2nid(group.data());
  if (curve == NID_undef) return false;
  unsigned char* point = nullptr;
  const std::size_t size = EVP_PKEY_get1_encoded_public_key(&key, &point);
  if (size == 0) return false;
  if (X509_PUBKEY_set0_param(&info, OBJ_nid2obj(NID_X9_62_id_ecPublicKey), V_ASN1_OBJECT, OBJ_nid2obj(curve),
                             point, static_cast<int>(size)) == 1)
    return true;
  OPENSSL_free(point);
  return false;
}

/// False: OpenSSL's own way remains. It asks every provider for an encoder, and then decodes what came out,
/// which is more work than a signature. But a private key in a token need not know its point, and the encoder
/// of its provider finds the public key beside it.
bool set_ec_key(X509_PUBKEY& info, EVP_PKEY& key) {
  ERR_set_mark();
  const bool set = is_ec(key) && set_point(info, key);
  ERR_pop_to_mark();
  return set;
}

/// Empty: OpenSSL has the reason.
Bytes encode_public_key(EVP_PKEY& key) {
  unsigned char* der = nullptr;
  int length = -1;
  const PublicKeyPtr info(X509_PUBKEY_new());
  if (info && set_ec_key(*info, key))
    length = i2d_X509_PUBKEY(info.get(), &der);
  else
    length = i2d_PUBKEY(&key, &der);
  if (length <= 0) return {};
  Bytes encoded(der, der + length);
  OPENSSL_free(der);
  return encoded;
}

}  // namespace

bool set_public_key(X509_REQ& request, EVP_PKEY& key) {
  return set_ec_key(*X509_REQ_get_X509_PUBKEY(&request), key) || X509_REQ_set_pubkey(&request, &key) == 1;
}

Result<std::string> spki_sha256(EVP_PKEY& key) {
  const Bytes der = encode_public_key(key);
  if (!der.empty()) return hex(sha256(der));
  return fail(Trouble{.kind = TroubleKind::permanent,
                      .code = "key_unusable",
                      .what = "cannot encode a public key",
                      .why = "OpenSSL: " + openssl_reason(),
                      .hint = {},
                      .detail = {},
                      .retry_at = {}});
}

}  // namespace certmgr::crypto
