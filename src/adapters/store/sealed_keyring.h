// SPDX-License-Identifier: MIT
#pragma once

#include <list>
#include <mutex>
#include <string>
#include <utility>

#include "adapters/store/store_key.h"
#include "certmgr/ports/keyring.h"
#include "crypto/openssl_handles.h"

namespace certmgr::store {

/// Private keys in envelopes: each is sealed with a data key of its own, which is sealed with the store key
/// (docs/store.md gives the octets). Thread-safe.
class SealedKeyring final : public Keyring {
 public:
  explicit SealedKeyring(StoreKey store_key) : store_key_(std::move(store_key)) {}

  Result<SealedKey> generate(KeyType type, std::string purpose) override;
  Result<std::vector<std::uint8_t>> certificate_request(const SealedKey& key,
                                                        const std::vector<Identifier>& identifiers,
                                                        const std::vector<CsrAttribute>& subject) override;
  Result<ForeignRequest> read_request(std::string_view file) override;
  Result<SealedKey> adopt(const std::vector<std::uint8_t>& request_der) override;
  Result<std::string> private_key_pem(const SealedKey& key) override;

  /// The private key itself, for those that sign with it. Checks that it is the one the row names.
  [[nodiscard]] Result<crypto::PkeyPtr> open(const SealedKey& key) const;

 private:
  [[nodiscard]] crypto::Bytes seal(const SealedKey& key, const std::string& pem) const;
  [[nodiscard]] Result<crypto::Bytes> unseal(const SealedKey& key) const;
  void remember(const std::string& id, crypto::PkeyPtr key);
  crypto::PkeyPtr take_fresh(const std::string& id);

  const StoreKey store_key_;
  std::mutex mutex_;
  // Made here a moment ago and not asked for yet: reading a key back costs more than making it.
  std::list<std::pair<std::string, crypto::PkeyPtr>> fresh_;
};

}  // namespace certmgr::store
