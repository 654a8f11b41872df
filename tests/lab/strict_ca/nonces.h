// SPDX-License-Identifier: MIT
#pragma once

#include <set>
#include <string>

namespace certmgr::lab::strict {

enum class NonceState { fresh, used, unknown };

/// Replay-Nonce values of this CA (RFC 8555 section 6.5). Not thread-safe: the CA's lock is held.
class Nonces {
 public:
  std::string make();
  /// A nonce is good once.
  NonceState take(const std::string& nonce);

 private:
  std::set<std::string> fresh_;
  std::set<std::string> used_;
};

}  // namespace certmgr::lab::strict
