// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "crypto/openssl_handles.h"

namespace certmgr::crypto::testing {

/// An attribute of the subject in any string type (V_ASN1_BMPSTRING ...), octets as they are.
struct RawAttribute {
  std::string oid;
  int type;
  std::string octets;
};

struct Wanted {
  std::string subject_cn = "leaf";
  std::string alt_names = "DNS:pbx.example.com";  // as in openssl.cnf; empty: no such extension
  std::vector<std::string> raw_dns = {};          // instead: octets as they are
  long serial = 0x1234;
  bool authority = false;
  std::vector<RawAttribute> subject = {};  // instead of the common name
  std::vector<std::string> policies = {};  // dotted
  std::string extended_key_usage = {};     // as in openssl.cnf; empty: no such extension
};

struct Pair {
  X509Ptr certificate;
  PkeyPtr key;
};

/// A certificate valid from 2026-01-02T03:04:05Z to 2026-04-02T03:04:05Z, signed by `issuer`, or by itself.
Pair make_certificate(const Wanted& wanted, const Pair* issuer = nullptr);
std::string pem(const Pair& pair);
std::string key_pem(const Pair& pair);
/// A PEM block around any octets.
std::string pem_block(const std::string& name, const std::string& octets);
std::string der(const Pair& pair);

}  // namespace certmgr::crypto::testing
