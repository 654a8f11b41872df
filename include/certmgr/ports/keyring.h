// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "certmgr/domain/csr_subject.h"
#include "certmgr/domain/identifier.h"
#include "certmgr/domain/key_type.h"
#include "certmgr/domain/trouble.h"

namespace certmgr {

/// A private key as the store may keep it: encrypted (docs/store.md), bound to its `id`.
struct SealedKey {
  std::string id;  // 32 hex digits, random
  KeyType type = KeyType::ecdsa_p256;
  std::string purpose;      // "account" or "certificate"
  std::string spki_sha256;  // hex, of the public key's DER
  std::vector<std::uint8_t> sealed;
};
/// SealedKey::sealed of a key that is elsewhere: somebody else made it, and a CSR with it.
inline constexpr std::uint8_t kKeyElsewhere = 3;
inline bool is_elsewhere(const SealedKey& key) {
  return key.sealed.size() == 1 && key.sealed.front() == kKeyElsewhere;
}

/// A certificate signing request (RFC 2986) that was made elsewhere.
struct ForeignRequest {
  std::vector<std::uint8_t> der;
  std::vector<Identifier> identifiers;  // canonical
  KeyType key_type = KeyType::ecdsa_p256;
};

/// Makes and uses private keys. Thread-safe. Every failure is a Trouble that names the key, never
/// its content.
class Keyring {
 public:
  virtual ~Keyring() = default;
  virtual Result<SealedKey> generate(KeyType type, std::string purpose) = 0;
  /// PKCS#10 (RFC 2986) in DER: this subject, which may be empty, and the identifiers as SANs.
  virtual Result<std::vector<std::uint8_t>> certificate_request(const SealedKey& key,
                                                                const std::vector<Identifier>& identifiers,
                                                                const std::vector<CsrAttribute>& subject) = 0;
  /// Reads a CSR in PEM or DER, checks its own signature and that a CA could issue for it: a key of a known
  /// type, names as SANs, a common name only among them. Trouble (usage) "bad_csr".
  virtual Result<ForeignRequest> read_request(std::string_view file) = 0;
  /// The key of such a request, without its private half.
  virtual Result<SealedKey> adopt(const std::vector<std::uint8_t>& request_der) = 0;
  /// PKCS#8 PEM. Only for files of servers and for export.
  virtual Result<std::string> private_key_pem(const SealedKey& key) = 0;
};

}  // namespace certmgr
