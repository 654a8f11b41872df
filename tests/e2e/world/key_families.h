// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>

namespace certmgr::e2e {

/// Self-signed pairs in this folder, which is made: ecdsa.pem and ecdsa.key, rsa.pem and rsa.key.
void write_both_families(const std::filesystem::path& folder);

/// The fingerprint that a client is shown which takes signatures by this family ("rsa", "ecdsa") alone and
/// asks for this name (SNI; empty: for none). Empty when there is no handshake.
std::string served_to(const std::string& family, int port, const std::string& sni);

}  // namespace certmgr::e2e
