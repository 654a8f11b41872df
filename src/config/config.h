// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "certmgr/domain/ca_entry.h"
#include "certmgr/domain/certificate.h"
#include "certmgr/domain/dns_provider_settings.h"
#include "certmgr/domain/notify_channel.h"
#include "certmgr/domain/trouble.h"
#include "config/daemon_entry.h"
#include "config/enrollment_entry.h"

namespace certmgr::config {

using certmgr::CaEntry;

/// [web]: where the daemon answers /metrics and /healthz, and persons who have no way to the store.
struct WebEntry {
  std::string listen;                         // ADDR:PORT; empty: nowhere
  std::string socket;                         // path of a Unix socket; empty: none
  std::map<std::string, std::string> tokens;  // lower-case hex SHA-256 of a token to its person
  bool certificate_metrics = true;            // a series per certificate
};

/// [preflight]: what is looked at before `issue` places an order.
struct PreflightEntry {
  bool dns = true;               // ask the DNS for CAA records and addresses
  std::uint16_t http_port = 80;  // where the CA fetches http-01 proofs
};

/// [pkcs11]: how OpenSSL reaches tokens; all empty: not.
struct TokenEntry {
  std::string provider;       // its name
  std::string provider_path;  // folder it is in; empty: OpenSSL's own
  std::string engine;         // its name, instead of a provider
  std::string module;         // path of the PKCS#11 module the engine loads
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
  std::vector<std::string> fallback_cas;                               // of certificates that name none
  ChallengeSettings challenge{ChallengeType::http_01, "", "[::]:80"};  // the way that is tried first
  bool challenge_named = false;                                        // by [defaults]
  std::vector<ChallengeSettings> ways;                                 // all that [challenge.TYPE] configure
  Dns01Settings dns01;
  std::vector<DnsProviderSettings> dns;  // by name
  std::chrono::seconds hook_timeout = std::chrono::seconds(60);
  std::chrono::seconds verify_timeout = std::chrono::seconds(10);  // from a reload to the proof
  std::string seal;                   // of servers' definitions: "file:/PATH"; empty: none
  std::vector<CaEntry> cas;           // built-in ones included
  std::vector<NotifyChannel> notify;  // by name
  DaemonEntry daemon;
  WebEntry web;
  PreflightEntry preflight;
  TokenEntry token;
  EnrollmentEntry enrollment;
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
