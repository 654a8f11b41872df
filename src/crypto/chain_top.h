// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "certmgr/domain/trouble.h"

namespace certmgr::crypto {

/// The CA certificate a chain leads to: the issuer of its last certificate. CAs leave it out as a rule.
struct ChainTop {
  std::string name;         // its common name, or its whole DN
  std::string fingerprint;  // SHA-256 in hex, of the last certificate; empty where that is the leaf
  std::string
      root_fingerprint;  // of the issuer, from the system's trusted roots; empty where it is not there
};

Result<ChainTop> chain_top(std::string_view chain_pem);

/// Whether `wanted`, a name or a SHA-256 in hex with or without colons, means this top.
bool is_top(const ChainTop& top, std::string_view wanted);

}  // namespace certmgr::crypto
