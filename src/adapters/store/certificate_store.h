// SPDX-License-Identifier: MIT
#pragma once

#include "adapters/store/database.h"
#include "certmgr/ports/clock.h"
#include "certmgr/ports/store.h"

namespace certmgr::store {

class SqliteCertificateStore final : public CertificateStore {
 public:
  SqliteCertificateStore(Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  std::optional<Certificate> find(const std::string& label) override;
  std::optional<Certificate> certificate(std::int64_t id) override;
  std::vector<Certificate> list(const std::string& after, int limit) override;
  Certificate put(const CertificateSpec& spec, const EventDraft& event) override;
  std::vector<Version> versions(std::int64_t certificate_id) override;
  std::optional<Version> version(std::int64_t id) override;
  std::optional<Version> current(std::int64_t certificate_id) override;
  std::optional<SealedKey> key(const std::string& key_id) override;
  std::optional<SealedKey> reusable_key(std::int64_t certificate_id) override;
  bool is_compromised(const SealedKey& key) override;
  std::vector<Server> servers_of(std::int64_t certificate_id) override;
  std::vector<Certificate> certificates_on(std::int64_t server_id) override;
  void attach(std::int64_t certificate_id, std::int64_t server_id, const EventDraft& event) override;

 private:
  Database& database_;
  const Clock& clock_;
};

}  // namespace certmgr::store
