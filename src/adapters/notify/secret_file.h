// SPDX-License-Identifier: MIT
#pragma once

#include <openssl/crypto.h>

#include <string>

#include "certmgr/domain/trouble.h"

namespace certmgr::notify {

/// A secret in memory for as long as one message takes: overwritten when it goes.
class Secret {
 public:
  explicit Secret(std::string text) : text_(std::move(text)) {}
  ~Secret() { wipe(); }
  Secret(Secret&& other) noexcept : text_(std::move(other.text_)) { other.wipe(); }
  Secret& operator=(Secret&& other) = delete;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void wipe() noexcept {
    OPENSSL_cleanse(text_.data(), text_.capacity());
    text_.clear();
  }
  std::string text_;
};

/// The first line of a file that nobody but its owner may read. Read for each message, so that a change
/// needs no restart. `key`: the one in the configuration that names the file.
Result<Secret> read_secret(const std::string& channel, const std::string& key, const std::string& path);

}  // namespace certmgr::notify
