// SPDX-License-Identifier: MIT
#include "crypto/openssl_handles.h"

#include <openssl/err.h>

#include <array>

namespace certmgr::crypto {

std::string openssl_reason() {
  // The oldest entry is the cause; later ones only tell which callers passed it on.
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "unknown error";
  if (const char* reason = ERR_reason_error_string(code)) return reason;
  std::array<char, 256> text{};
  ERR_error_string_n(code, text.data(), text.size());
  return text.data();
}

}  // namespace certmgr::crypto
