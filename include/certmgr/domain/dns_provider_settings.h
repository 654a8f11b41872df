// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>
#include <variant>
#include <vector>

#include "certmgr/domain/dns.h"

namespace certmgr {

/// RFC 2136 with TSIG. The key is in `key_file` (BIND's format) or in the three others.
struct Rfc2136Settings {
  HostPort server;
  std::string zone;  // empty: found by asking the server
  std::string key_file;
  std::string algorithm;  // "hmac-sha256"
  std::string key_name;
  std::string secret_file;  // base64, one line
  std::chrono::seconds ttl = std::chrono::seconds(60);
};

struct AcmeDnsSettings {
  std::string url;               // "https://auth.example.com"
  std::string credentials_file;  // JSON: {domain: {username, password, fulldomain, subdomain, ...}}
  std::string ca_bundle;         // empty: the system's roots
};

/// lego's "exec": PROGRAM present|cleanup FQDN. VALUE; raw: PROGRAM present|cleanup -- DOMAIN TOKEN KEYAUTH.
struct ExecSettings {
  std::string program;
  bool raw = false;
};

/// certbot's --manual-auth-hook and --manual-cleanup-hook: program and its arguments.
struct CertbotSettings {
  std::vector<std::string> auth_hook;
  std::vector<std::string> cleanup_hook;  // empty: none
};

/// dehydrated's hook.sh; chain: HOOK_CHAIN=yes.
struct DehydratedSettings {
  std::string program;
  bool chain = false;
};

/// A dnsapi script of an installed acme.sh.
struct AcmeShSettings {
  std::string home;    // where acme.sh was installed to: holds acme.sh and account.conf
  std::string script;  // "dns_cf"
};

struct UacmeSettings {
  std::string program;
};

using DnsProviderWay = std::variant<Rfc2136Settings, AcmeDnsSettings, ExecSettings, CertbotSettings,
                                    DehydratedSettings, AcmeShSettings, UacmeSettings>;

/// [dns.NAME]. Secrets are in files, which are read for each use.
struct DnsProviderSettings {
  std::string name;
  std::chrono::seconds timeout = std::chrono::seconds(60);  // of one update, or one run of a program
  std::string environment_file;                             // NAME=value lines for programs
  DnsProviderWay way;
};

/// [challenge.dns-01]
struct Dns01Settings {
  std::string provider;              // of [dns.NAME]; empty: none
  std::vector<DnsServer> resolvers;  // asked in the place of the authoritative servers; empty: those
  std::chrono::seconds propagation_timeout = std::chrono::seconds(600);
};

}  // namespace certmgr
