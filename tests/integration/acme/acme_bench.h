// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "adapters/acme/acme_connector.h"
#include "crypto/private_key.h"
#include "crypto/public_key.h"
#include "platform/system_clock.h"

namespace certmgr::acme::testing {

/// Keys as they are: what seals them is the store's business.
class PlainKeyring final : public Keyring {
 public:
  Result<SealedKey> generate(KeyType type, std::string purpose) override {
    const auto key = std::move(*crypto::generate_key(type));
    const std::string pem = *crypto::to_pem(*key);
    return SealedKey{"id", type, std::move(purpose), *crypto::spki_sha256(*key), {pem.begin(), pem.end()}};
  }
  Result<std::vector<std::uint8_t>> certificate_request(const SealedKey& key,
                                                        const std::vector<Identifier>& identifiers,
                                                        const std::vector<CsrAttribute>& subject) override {
    return crypto::certificate_request(**crypto::key_from_pem(*private_key_pem(key)), identifiers, subject);
  }
  Result<ForeignRequest> read_request(std::string_view) override { return ForeignRequest{}; }
  Result<SealedKey> adopt(const std::vector<std::uint8_t>&) override { return SealedKey{}; }
  Result<std::string> private_key_pem(const SealedKey& key) override {
    return std::string(key.sealed.begin(), key.sealed.end());
  }
};

class Memory final : public CaMemory {
 public:
  std::optional<Directory> directory(const std::string&) override { return remembered; }
  void remember_directory(const std::string&, const Directory& directory) override { remembered = directory; }
  std::optional<std::string> take_nonce(const std::string&) override {
    return std::exchange(nonce, std::nullopt);
  }
  void park_nonce(const std::string&, const std::string& parked) override { nonce = parked; }

  std::optional<Directory> remembered;
  std::optional<std::string> nonce;
};

struct Client {
  explicit Client(const std::string& directory, const std::string& bundle,
                  std::chrono::milliseconds timeout = std::chrono::seconds(10),
                  KeyType type = KeyType::ecdsa_p256, std::optional<ExternalAccount> external = std::nullopt)
      : connector({{"test", directory, bundle, timeout, std::move(external)}}, keyring, memory, clock),
        key(*keyring.generate(type, "account")),
        ca(*connector.connect("test", key, "")) {}

  PlainKeyring keyring;
  Memory memory;
  platform::SystemClock clock;
  AcmeConnector connector;
  SealedKey key;
  std::shared_ptr<Ca> ca;
};

inline const AccountRequest kRequest{{"mailto:a@example.com"}, true};
inline const std::vector<Identifier> kNames{{IdentifierType::dns, "a.example.com"}};

}  // namespace certmgr::acme::testing
