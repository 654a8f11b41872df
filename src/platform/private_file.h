// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "certmgr/domain/trouble.h"

namespace certmgr::platform {

/// A text that holds a secret: overwritten when it goes. Build it in one piece, as a growing string leaves
/// copies behind.
class SecretText {
 public:
  SecretText() = default;
  explicit SecretText(std::string text) : text_(std::move(text)) {}
  ~SecretText() { wipe(); }
  SecretText(SecretText&& other) noexcept : text_(std::move(other.text_)) { other.wipe(); }
  SecretText& operator=(SecretText&& other) noexcept;
  SecretText(const SecretText&) = delete;
  SecretText& operator=(const SecretText&) = delete;

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void wipe() noexcept;
  std::string text_;
};

/// The content of a regular file that belongs to root or to us and that nobody else may read. `what` says
/// for what it is needed and `key` which configuration key names it; both go into the trouble, whose code
/// is "secret_file" (kind configuration). More than `most` octets are refused.
Result<SecretText> read_private_file(const std::string& path, const std::string& what, const std::string& key,
                                     std::size_t most);

}  // namespace certmgr::platform
