// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "adapters/store/database.h"
#include "crypto/encoding.h"

namespace certmgr::store {

/// The key that wraps the data keys of a store. Wiped when it goes.
class StoreKey {
 public:
  /// `source` is "file:PATH" (made at first use; a credential of the
  /// file's name goes before it), "credential:NAME" (systemd) or "none". Compares the key
  /// with the check value in the store, which the first load records. Throws Failure: "store_key_missing",
  /// "store_key_wrong", "store_key_unusable"; "bad_key_source" for a source that is none of the three.
  static StoreKey load(const std::string& source, Database& database);

  ~StoreKey();
  StoreKey(StoreKey&&) noexcept = default;
  StoreKey& operator=(StoreKey&&) = delete;
  StoreKey(const StoreKey&) = delete;
  StoreKey& operator=(const StoreKey&) = delete;

  /// False with "none": private keys lie in the store as they are.
  [[nodiscard]] bool encrypts() const { return !octets_.empty(); }
  [[nodiscard]] crypto::ByteView octets() const { return octets_; }

 private:
  explicit StoreKey(crypto::Bytes octets) : octets_(std::move(octets)) {}

  crypto::Bytes octets_;
};

}  // namespace certmgr::store
