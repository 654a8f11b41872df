// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "certmgr/domain/instant.h"

namespace certmgr {

/// What is worth remembering about a CA between two runs to save requests. Losing it costs a request,
/// never correctness. Thread-safe.
class CaMemory {
 public:
  struct Directory {
    std::string body;  // the directory document
    Instant fresh_until;
  };

  virtual ~CaMemory() = default;
  virtual std::optional<Directory> directory(const std::string& directory_url) = 0;
  virtual void remember_directory(const std::string& directory_url, const Directory& directory) = 0;
  /// An unused nonce (RFC 8555 section 6.5), handed out once. A stale one costs what newNonce would.
  virtual std::optional<std::string> take_nonce(const std::string& directory_url) = 0;
  virtual void park_nonce(const std::string& directory_url, const std::string& nonce) = 0;
};

}  // namespace certmgr
