// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>

namespace certmgr::platform {

/// A text that holds a secret: overwritten when it goes. Build it in one piece (reserve, then append), as a
/// growing string leaves copies behind.
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
  std::string& text() { return text_; }

 private:
  void wipe() noexcept;
  std::string text_;
};

}  // namespace certmgr::platform
