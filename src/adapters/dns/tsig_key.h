// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "certmgr/domain/dns_provider_settings.h"
#include "platform/private_file.h"

namespace certmgr::dns {

/// RFC 8945. The secret stays in base64, as the library wants it.
struct TsigKey {
  std::string name;       // as of parse_dns_name()
  std::string algorithm;  // "hmac-sha256"
  platform::SecretText secret;
};

/// Reads key "NAME" { algorithm hmac-sha256; secret "..."; }; as tsig-keygen prints it, with BIND's
/// comments. More than one key is refused: which one was meant?
Result<TsigKey> parse_key_file(std::string_view text, const std::string& path, const std::string& what);

/// The key that the settings name, read anew. `what` begins the trouble.
Result<TsigKey> load_tsig_key(const Rfc2136Settings& settings, const std::string& what);

}  // namespace certmgr::dns
