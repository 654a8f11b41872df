// SPDX-License-Identifier: MIT
#include "crypto/normal_form.h"

#include <uninorm.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace certmgr::crypto {
namespace {

struct Free {
  void operator()(std::uint8_t* data) const noexcept {
    std::free(data);  // NOLINT(cppcoreguidelines-no-malloc): so libunistring hands it out
  }
};

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

std::string normal_form_c(std::string_view text) {
  if (is_ascii(text)) return std::string(text);
  std::size_t length = 0;
  const std::unique_ptr<std::uint8_t, Free> composed(u8_normalize(
      UNINORM_NFC, reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), nullptr, &length));
  if (!composed) return std::string(text);
  return {reinterpret_cast<const char*>(composed.get()), length};
}

}  // namespace certmgr::crypto
