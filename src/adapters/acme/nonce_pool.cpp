// SPDX-License-Identifier: MIT
#include "adapters/acme/nonce_pool.h"

#include <algorithm>

namespace certmgr::acme {
namespace {

constexpr std::size_t kMost = 32;

bool is_base64url(const std::string& text) {
  return !text.empty() && text.size() <= 512 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

}  // namespace

void NoncePool::put(const std::string& nonce) {
  if (!is_base64url(nonce)) return;
  const std::scoped_lock lock(mutex_);
  nonces_.push_back(nonce);
  if (nonces_.size() > kMost) nonces_.pop_front();
}

std::optional<std::string> NoncePool::take() {
  const std::scoped_lock lock(mutex_);
  if (nonces_.empty()) return std::nullopt;
  std::string nonce = std::move(nonces_.back());
  nonces_.pop_back();
  return nonce;
}

}  // namespace certmgr::acme
