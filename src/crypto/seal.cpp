// SPDX-License-Identifier: MIT
#include "crypto/seal.h"

#include <limits>

#include "crypto/openssl_handles.h"

namespace certmgr::crypto {
namespace {

constexpr std::size_t kKeySize = 32;
constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kTagSize = 16;
constexpr std::size_t kMost = std::numeric_limits<int>::max() / 2;

Trouble seal_trouble(std::string code, std::string what, std::string why) {
  return Trouble{.kind = TroubleKind::permanent,
                 .code = std::move(code),
                 .what = std::move(what),
                 .why = std::move(why),
                 .hint = "check that the store key is the one this store was made with",
                 .detail = {},
                 .retry_at = {}};
}

[[noreturn]] void throw_seal(const std::string& why) {
  Trouble trouble = seal_trouble("seal_failed", "cannot encrypt a secret", why);
  trouble.hint = "check the system's OpenSSL installation";
  throw Failure(std::move(trouble));
}

tl::unexpected<Trouble> broken(std::string why) {
  return fail(seal_trouble("seal_broken", "cannot decrypt a secret", std::move(why)));
}

}  // namespace

Bytes seal(ByteView key, ByteView plain, std::string_view context) {
  if (key.size() != kKeySize) throw_seal("the key is not 32 octets long");
  if (plain.size() > kMost || context.size() > kMost) throw_seal("the secret is too long");
  Bytes sealed = random_bytes(kNonceSize);
  sealed.resize(kNonceSize + plain.size() + kTagSize);

  const CipherCtxPtr cipher(EVP_CIPHER_CTX_new());
  int length = 0;
  int total = 0;
  if (!cipher ||
      EVP_EncryptInit_ex2(cipher.get(), EVP_aes_256_gcm(), key.data(), sealed.data(), nullptr) != 1 ||
      EVP_EncryptUpdate(cipher.get(), nullptr, &length, as_bytes(context).data(),
                        static_cast<int>(context.size())) != 1 ||
      EVP_EncryptUpdate(cipher.get(), sealed.data() + kNonceSize, &total, plain.data(),
                        static_cast<int>(plain.size())) != 1 ||
      EVP_EncryptFinal_ex(cipher.get(), sealed.data() + kNonceSize + total, &length) != 1 ||
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(kTagSize),
                          sealed.data() + kNonceSize + plain.size()) != 1) {
    throw_seal("OpenSSL: " + openssl_reason());
  }
  return sealed;
}

Result<Bytes> open(ByteView key, ByteView sealed, std::string_view context) {
  if (key.size() != kKeySize) return broken("the key is not 32 octets long");
  if (sealed.size() < kNonceSize + kTagSize) return broken("the encrypted data is cut short");
  if (sealed.size() > kMost || context.size() > kMost) return broken("the encrypted data is too long");
  const std::size_t size = sealed.size() - kNonceSize - kTagSize;
  // EVP_CTRL_GCM_SET_TAG takes a pointer to non-const.
  Bytes tag(sealed.end() - static_cast<std::ptrdiff_t>(kTagSize), sealed.end());
  Bytes plain(size);

  const CipherCtxPtr cipher(EVP_CIPHER_CTX_new());
  int length = 0;
  int total = 0;
  if (!cipher ||
      EVP_DecryptInit_ex2(cipher.get(), EVP_aes_256_gcm(), key.data(), sealed.data(), nullptr) != 1 ||
      EVP_DecryptUpdate(cipher.get(), nullptr, &length, as_bytes(context).data(),
                        static_cast<int>(context.size())) != 1 ||
      EVP_DecryptUpdate(cipher.get(), plain.data(), &total, sealed.data() + kNonceSize,
                        static_cast<int>(size)) != 1 ||
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(kTagSize), tag.data()) != 1) {
    OPENSSL_cleanse(plain.data(), plain.size());
    return broken("OpenSSL: " + openssl_reason());
  }
  if (EVP_DecryptFinal_ex(cipher.get(), plain.data() + total, &length) != 1) {
    // GCM hands out the text before it has checked it.
    OPENSSL_cleanse(plain.data(), plain.size());
    openssl_reason();
    return broken("it was encrypted with another key, belongs elsewhere, or was changed");
  }
  return plain;
}

}  // namespace certmgr::crypto
