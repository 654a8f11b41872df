// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "lab/openssl_handles.h"

namespace certmgr::lab {

/// Validity in days from now; both may be negative.
struct Validity {
  int from = -1;
  int to = 90;
};

struct Pair {
  std::string certificate_pem;  // leaf first, with what is needed above it
  std::string key_pem;
};

/// A private certificate authority: root, intermediate, leaves with P-256 keys. Names that are IPv4 or
/// IPv6 addresses become IP entries.
class Authority {
 public:
  explicit Authority(const std::string& name = "Lab");

  [[nodiscard]] const std::string& root_pem() const { return root_pem_; }
  /// A new key and its chain: leaf, intermediate.
  [[nodiscard]] Pair issue(const std::vector<std::string>& names, Validity validity = {}) const;
  /// A chain for the public key of an existing certificate: what a CA that errs about the names or
  /// the time would send.
  [[nodiscard]] std::string certify_key_of(const std::string& certificate_pem,
                                           const std::vector<std::string>& names,
                                           Validity validity = {}) const;

 private:
  PkeyPtr root_key_;
  X509Ptr root_;
  PkeyPtr intermediate_key_;
  X509Ptr intermediate_;
  std::string root_pem_;
};

/// What a server shows before it has a real certificate.
Pair self_signed(const std::vector<std::string>& names, Validity validity = {});

/// The DNS names of the first certificate in a PEM text.
std::vector<std::string> names_in(const std::string& certificate_pem);
/// The PEM blocks of a chain, in their order.
std::vector<std::string> split_chain(const std::string& chain_pem);
/// fingerprint_of() the first certificate in a PEM text.
std::string fingerprint_of_pem(const std::string& certificate_pem);
/// Whether the private key belongs to the first certificate.
bool matches(const Pair& pair);

/// Writes the pair, the key with mode 0600.
void write_pair(const Pair& pair, const std::filesystem::path& certificate, const std::filesystem::path& key);

}  // namespace certmgr::lab
