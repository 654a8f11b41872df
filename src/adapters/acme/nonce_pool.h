// SPDX-License-Identifier: MIT
#pragma once

#include <deque>
#include <mutex>
#include <optional>
#include <string>

namespace certmgr::acme {

/// Unused nonces of one CA (RFC 8555 section 6.5), newest first out: the newest is the least likely to
/// have been forgotten by the CA. Thread-safe.
class NoncePool {
 public:
  /// Ignores what is not base64url, as section 6.5.1 demands.
  void put(const std::string& nonce);
  std::optional<std::string> take();

 private:
  std::mutex mutex_;
  std::deque<std::string> nonces_;
};

}  // namespace certmgr::acme
