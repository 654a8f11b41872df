// SPDX-License-Identifier: MIT
#include "platform/secret_text.h"

#include <string.h>

namespace certmgr::platform {

SecretText& SecretText::operator=(SecretText&& other) noexcept {
  if (this != &other) {
    wipe();
    text_ = std::move(other.text_);
    other.wipe();
  }
  return *this;
}

void SecretText::wipe() noexcept {
  explicit_bzero(text_.data(), text_.capacity());
  text_.clear();
}

}  // namespace certmgr::platform
