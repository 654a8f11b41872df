// SPDX-License-Identifier: MIT
#include "crypto/issuer_memory.h"

#include <algorithm>

namespace certmgr::crypto {
namespace {

X509Ptr shared(X509& certificate) {
  X509_up_ref(&certificate);
  return X509Ptr(&certificate);
}

}  // namespace

Result<X509Ptr> IssuerMemory::certificate(ByteView der, const std::function<Result<X509Ptr>()>& decode) {
  if (auto known = find(der)) return known;
  auto decoded = decode();
  if (decoded) remember(der, **decoded);
  return decoded;
}

X509Ptr IssuerMemory::find(ByteView der) {
  const std::scoped_lock lock(mutex_);
  const auto entry = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& one) { return std::ranges::equal(one.der, der); });
  return entry == entries_.end() ? nullptr : shared(*entry->certificate);
}

void IssuerMemory::remember(ByteView der, X509& certificate) {
  const std::scoped_lock lock(mutex_);
  Entry entry{Bytes(der.begin(), der.end()), shared(certificate)};
  if (entries_.size() < kMost) {
    entries_.push_back(std::move(entry));
  } else {
    entries_[oldest_] = std::move(entry);
    oldest_ = (oldest_ + 1) % kMost;
  }
}

}  // namespace certmgr::crypto
