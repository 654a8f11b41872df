// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "certmgr/domain/certificate.h"
#include "certmgr/domain/trouble.h"

namespace certmgr::config {

/// [ca.NAME], or a CA built in.
struct CaEntry {
  std::string name;
  std::string directory;
  std::string ca_bundle;
  std::string eab_kid;
  std::string eab_hmac_file;
  std::optional<KeyType> key_type;  // of certificates ordered there
  std::chrono::seconds timeout = std::chrono::seconds(30);
};

/// The configuration file (docs/configuration.md) with the defaults filled in.
struct Config {
  std::string store_path = "/var/lib/certmgr/certmgr.db";
  std::string encryption = "file:/etc/certmgr/store.key";
  std::string default_ca = "letsencrypt";
  KeyType key_type = KeyType::ecdsa_p256;
  KeyType account_key_type = KeyType::ecdsa_p256;
  std::string email;
  bool agree_tos = false;
  ChallengeSettings challenge{ChallengeType::http_01, "", "[::]:80"};
  std::chrono::seconds hook_timeout = std::chrono::seconds(60);
  std::chrono::seconds verify_timeout = std::chrono::seconds(10);  // from a reload to the proof
  std::vector<CaEntry> cas;                                        // built-in ones included
  std::vector<std::string> warnings;  // parts of the file that this version does not use
};

inline constexpr const char* kDefaultPath = "/etc/certmgr/certmgr.toml";

/// letsencrypt, letsencrypt-staging, zerossl, google, sslcom, actalis.
std::vector<CaEntry> builtin_cas();

/// Reads `path`. A file that does not exist is an error only if it `must_exist`. Troubles (kind
/// configuration) name file, line and column, and for an unknown key the nearest known one.
Result<Config> load(const std::string& path, bool must_exist);
/// The same from a text; `path` is for messages.
Result<Config> parse(const std::string& text, const std::string& path);

}  // namespace certmgr::config
