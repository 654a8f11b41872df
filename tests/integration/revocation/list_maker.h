// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "certmgr/domain/instant.h"
#include "crypto/openssl_handles.h"

namespace certmgr::revocation::testing {

/// The moment all tests live in.
inline const Instant kNow{std::chrono::milliseconds(1'800'000'000'000)};

struct Revoked {
  std::string serial;  // hex
  int reason = -1;     // CRLReason; -1: none given
};

struct WantedList {
  std::vector<Revoked> revoked = {};
  Duration from = -std::chrono::hours(1);  // after kNow
  Duration until = std::chrono::hours(24);
  bool open_end = false;   // no nextUpdate
  std::string scope = {};  // issuing distribution point as in openssl.cnf
  bool delta = false;
  bool odd = false;            // a critical extension nobody knows
  std::string odd_entry = {};  // serial of an entry with one
};

/// A CA that issues leaves and signs revocation lists.
class ListAuthority {
 public:
  explicit ListAuthority(const std::string& name, const std::string& key_usage = "keyCertSign,cRLSign");
  /// A leaf whose lists are at `urls`, and the CA's own certificate.
  [[nodiscard]] std::string chain(const std::string& serial, const std::vector<std::string>& urls,
                                  bool with_issuer = true) const;
  /// DER.
  [[nodiscard]] std::string list(const WantedList& wanted) const;

 private:
  crypto::X509Ptr certificate_;
  crypto::PkeyPtr key_;
};

}  // namespace certmgr::revocation::testing
