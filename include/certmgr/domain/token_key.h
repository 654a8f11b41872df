// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "certmgr/domain/trouble.h"

namespace certmgr {

/// Which private key in which PKCS#11 token, as a URI says it (RFC 7512 section 2.3). What is empty may be
/// anything.
struct TokenKey {
  std::string token, manufacturer, model, serial;  // of the token
  std::string object;                              // label of the key
  std::string id;                                  // octets of its CKA_ID
  std::string pin_file;                            // absolute; empty: there is no PIN

  bool operator==(const TokenKey&) const = default;
};

/// Trouble (usage) "bad_key_uri"; "pin_in_uri" for a pin-value, which everybody on the host could read. The
/// URI must name a token and a key in it. `pin-source` is taken with "?" (RFC 7512) or ";" before it, as
/// both are in use. No trouble repeats a value of the URI.
Result<TokenKey> parse_token_key(std::string_view uri);

/// The URI again, without the file of the PIN, and with every octet escaped that could be read in two ways.
std::string to_uri(const TokenKey& key);

}  // namespace certmgr
