// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace certmgr::e2e {

/// Whether the text holds something that only a private key begins with: a PEM header, or the DER of a
/// P-256 key in PKCS#8 or SEC 1 form, as octets, base64 or hex.
bool holds_a_key(const std::string& text);
/// The number a P-256 private key is, in the forms it could leak in: octets, hex, base64 and base64url.
std::vector<std::string> forms_of_key(const std::string& key_pem);
/// Files below the folder in which holds_a_key(); links are not followed, as they lead to the servers'.
std::vector<std::string> keys_in_folder(const std::filesystem::path& folder);
/// All files below the folder, one after the other.
std::string content_of_folder(const std::filesystem::path& folder);

}  // namespace certmgr::e2e
