// SPDX-License-Identifier: MIT
#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "certmgr/ports/server_seal.h"
#include "crypto/encoding.h"

namespace certmgr::store {

/// Seals with HMAC-SHA256 and a key that only root can read. The key is read when it is first needed: a
/// process that neither registers servers nor deploys needs none, and is not given it. It is made with
/// the first seal, mode 0400.
class KeyedServerSeal final : public ServerSeal {
 public:
  /// `source` is "file:/PATH".
  explicit KeyedServerSeal(const std::string& source);
  ~KeyedServerSeal() override;
  KeyedServerSeal(const KeyedServerSeal&) = delete;
  KeyedServerSeal& operator=(const KeyedServerSeal&) = delete;

  [[nodiscard]] bool in_force() const override { return true; }
  [[nodiscard]] Result<Server> sealed(Server server) const override;
  [[nodiscard]] Result<void> check(const Server& server) const override;

 private:
  enum class Missing { make, leave };
  /// Nothing: there is no key, and none was to be made. Throws Failure when it cannot be used.
  std::optional<crypto::Bytes> key(Missing missing) const;

  const std::string path_;
  mutable std::mutex mutex_;
  mutable crypto::Bytes key_;
};

}  // namespace certmgr::store
