// SPDX-License-Identifier: MIT
#include "adapters/store/sealed_keyring.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <string_view>

#include "crypto/foreign_request.h"
#include "crypto/private_key.h"
#include "crypto/public_key.h"
#include "crypto/seal.h"

namespace certmgr::store {
namespace {

// The first octet of SealedKey::sealed.
constexpr std::uint8_t kEnvelope = 1;
constexpr std::uint8_t kPlain = 2;

constexpr std::size_t kIdSize = 16;
constexpr std::size_t kDataKeySize = 32;
/// As many certificates as are on their way at once.
constexpr std::size_t kMostFresh = 64;
constexpr std::size_t kSealedDataKeySize = 12 + kDataKeySize + 16;  // nonce, ciphertext, tag

std::string data_key_context(const SealedKey& key) { return "certmgr data key v1|" + key.id; }

std::string private_key_context(const SealedKey& key) {
  return "certmgr private key v1|" + key.id + "|" + key.purpose + "|" + std::string(to_string(key.type));
}

tl::unexpected<Trouble> unreadable(const SealedKey& key, const std::string& why) {
  return fail(
      Trouble{.kind = TroubleKind::permanent,
              .code = "key_unreadable",
              .what = "cannot open private key " + key.id,
              .why = why,
              .hint = "run \"certmgr db check\"; restore the store from a backup, or revoke and replace what "
                      "uses this key",
              .detail = {},
              .retry_at = {}});
}

/// Says which key it was about.
Trouble about(const SealedKey& key, Trouble trouble) {
  trouble.what += " (key " + key.id + ")";
  return trouble;
}

void wipe(crypto::Bytes& secret) { OPENSSL_cleanse(secret.data(), secret.size()); }
void wipe(std::string& secret) { OPENSSL_cleanse(secret.data(), secret.size()); }

}  // namespace

crypto::Bytes SealedKeyring::seal(const SealedKey& key, const std::string& pem) const {
  const crypto::ByteView text = crypto::as_bytes(pem);
  if (!store_key_.encrypts()) {
    crypto::Bytes plain{kPlain};
    plain.insert(plain.end(), text.begin(), text.end());
    return plain;
  }
  crypto::Bytes data_key = crypto::random_bytes(kDataKeySize);
  crypto::Bytes envelope{kEnvelope};
  const crypto::Bytes wrapped = crypto::seal(store_key_.octets(), data_key, data_key_context(key));
  const crypto::Bytes content = crypto::seal(data_key, text, private_key_context(key));
  wipe(data_key);
  envelope.insert(envelope.end(), wrapped.begin(), wrapped.end());
  envelope.insert(envelope.end(), content.begin(), content.end());
  return envelope;
}

Result<crypto::Bytes> SealedKeyring::unseal(const SealedKey& key) const {
  const crypto::ByteView sealed(key.sealed);
  if (sealed.empty()) return unreadable(key, "its row is empty");
  const crypto::ByteView content = sealed.subspan(1);
  if (!store_key_.encrypts()) {
    if (sealed[0] != kPlain) return unreadable(key, "it is encrypted, but the store is not");
    return crypto::Bytes(content.begin(), content.end());
  }
  // An unencrypted key in an encrypted store was put there by somebody else.
  if (sealed[0] != kEnvelope) return unreadable(key, "it is not encrypted in the way this store encrypts");
  if (content.size() <= kSealedDataKeySize) return unreadable(key, "it is cut short");
  auto data_key = crypto::open(store_key_.octets(), content.first(kSealedDataKeySize), data_key_context(key));
  if (!data_key) return unreadable(key, data_key.error().why);
  auto plain = crypto::open(*data_key, content.subspan(kSealedDataKeySize), private_key_context(key));
  wipe(*data_key);
  if (!plain) return unreadable(key, plain.error().why);
  return plain;
}

Result<SealedKey> SealedKeyring::generate(KeyType type, std::string purpose) {
  auto made = crypto::generate_key(type);
  if (!made) return fail(std::move(made.error()));
  auto pem = crypto::to_pem(**made);
  if (!pem) return fail(std::move(pem.error()));
  auto spki = crypto::spki_sha256(**made);
  SealedKey key{crypto::hex(crypto::random_bytes(kIdSize)), type, std::move(purpose), spki.value_or(""), {}};
  key.sealed = seal(key, *pem);
  wipe(*pem);
  if (!spki) return fail(std::move(spki.error()));
  remember(key.id, std::move(*made));
  return key;
}

void SealedKeyring::remember(const std::string& id, crypto::PkeyPtr key) {
  const std::scoped_lock lock(mutex_);
  fresh_.emplace_front(id, std::move(key));
  if (fresh_.size() > kMostFresh) fresh_.pop_back();
}

crypto::PkeyPtr SealedKeyring::take_fresh(const std::string& id) {
  const std::scoped_lock lock(mutex_);
  const auto found = std::find_if(fresh_.begin(), fresh_.end(), [&](const auto& e) { return e.first == id; });
  if (found == fresh_.end()) return nullptr;
  auto key = std::move(found->second);
  fresh_.erase(found);
  return key;
}

Result<crypto::PkeyPtr> SealedKeyring::open(const SealedKey& key) const {
  if (is_elsewhere(key))
    return fail(Trouble{.kind = TroubleKind::usage,
                        .code = "key_elsewhere",
                        .what = "cannot open private key " + key.id,
                        .why = "it was never here: the certificate was ordered with a CSR",
                        .hint = "the key is where the CSR was made"});
  auto plain = unseal(key);
  if (!plain) return fail(std::move(plain.error()));
  auto opened = crypto::key_from_pem({reinterpret_cast<const char*>(plain->data()), plain->size()});
  wipe(*plain);
  if (!opened) return unreadable(key, opened.error().why);
  const auto spki = crypto::spki_sha256(**opened);
  if (!spki || *spki != key.spki_sha256) return unreadable(key, "it is not the key its row describes");
  return opened;
}

Result<std::vector<std::uint8_t>> SealedKeyring::certificate_request(
    const SealedKey& key, const std::vector<Identifier>& identifiers,
    const std::vector<CsrAttribute>& subject) {
  Result<crypto::PkeyPtr> opened = take_fresh(key.id);
  if (!*opened) opened = open(key);
  if (!opened) return fail(std::move(opened.error()));
  auto request = crypto::certificate_request(**opened, identifiers, subject);
  if (!request) return fail(about(key, std::move(request.error())));
  return request;
}

Result<ForeignRequest> SealedKeyring::read_request(std::string_view file) {
  auto facts = crypto::read_foreign_request(file);
  if (!facts) return fail(std::move(facts.error()));
  return ForeignRequest{std::move(facts->der), std::move(facts->identifiers), facts->key_type};
}

Result<SealedKey> SealedKeyring::adopt(const std::vector<std::uint8_t>& request_der) {
  auto facts =
      crypto::read_foreign_request({reinterpret_cast<const char*>(request_der.data()), request_der.size()});
  if (!facts) return fail(std::move(facts.error()));
  return SealedKey{crypto::hex(crypto::random_bytes(kIdSize)),
                   facts->key_type,
                   "certificate",
                   std::move(facts->spki_sha256),
                   {kKeyElsewhere}};
}

Result<std::string> SealedKeyring::private_key_pem(const SealedKey& key) {
  // Through open(), so that a key that is not the one its row describes is never handed out.
  auto opened = open(key);
  if (!opened) return fail(std::move(opened.error()));
  auto pem = crypto::to_pem(**opened);
  if (!pem) return fail(about(key, std::move(pem.error())));
  return pem;
}

}  // namespace certmgr::store
