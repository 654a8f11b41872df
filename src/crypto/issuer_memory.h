// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <vector>

#include "certmgr/domain/trouble.h"
#include "crypto/encoding.h"
#include "crypto/openssl_handles.h"

namespace certmgr::crypto {

/// Remembers decoded certificates of issuers. A CA sends the same few with every certificate, and OpenSSL 3
/// spends more on decoding one than on checking a signature with it. Thread-safe; what it gives out is shared
/// and must not be changed.
class IssuerMemory {
 public:
  /// The certificate whose DER this is; `decode` is called if it is not remembered. Failures are not.
  Result<X509Ptr> certificate(ByteView der, const std::function<Result<X509Ptr>()>& decode);

 private:
  struct Entry {
    Bytes der;
    X509Ptr certificate;
  };
  /// More than the CAs of one fleet use; a hostile one cannot make it grow.
  static constexpr std::size_t kMost = 16;

  X509Ptr find(ByteView der);
  void remember(ByteView der, X509& certificate);

  std::mutex mutex_;
  std::vector<Entry> entries_;
  std::size_t oldest_ = 0;
};

}  // namespace certmgr::crypto
