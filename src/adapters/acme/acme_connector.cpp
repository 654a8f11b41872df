// SPDX-License-Identifier: MIT
#include "adapters/acme/acme_connector.h"

#include <openssl/crypto.h>

#include "adapters/acme/acme_ca.h"
#include "crypto/private_key.h"

namespace certmgr::acme {

AcmeConnector::AcmeConnector(KnownCas cas, Keyring& keyring, CaMemory& memory, Clock& clock)
    : cas_(std::move(cas)), keyring_(keyring), memory_(memory), clock_(clock) {}

AcmeConnector::AcmeConnector(std::vector<CaSettings> cas, Keyring& keyring, CaMemory& memory, Clock& clock)
    : AcmeConnector([all = std::move(cas)] { return all; }, keyring, memory, clock) {}

Result<std::string> AcmeConnector::directory_url(const std::string& ca) const {
  const auto settings = settings_of(cas_, ca);
  if (!settings) return fail(settings.error());
  return settings->directory_url;
}

Result<AccountPlace> AcmeConnector::account_place(const std::string& ca) const {
  auto settings = settings_of(cas_, ca);
  if (!settings) return fail(std::move(settings.error()));
  return AccountPlace{std::move(settings->directory_url), std::move(settings->account)};
}

std::optional<CaConnector::ExternalAccount> AcmeConnector::external_account(const std::string& ca) const {
  const auto settings = settings_of(cas_, ca);
  if (!settings || !settings->external_account) return std::nullopt;
  return CaConnector::ExternalAccount{settings->external_account->kid, settings->external_account->once};
}

std::vector<std::string> AcmeConnector::cas_at(const AccountPlace& place) const {
  std::vector<std::string> names;
  for (const auto& settings : cas_())
    if (AccountPlace{settings.directory_url, settings.account} == place) names.push_back(settings.name);
  return names;
}

Result<std::shared_ptr<Ca>> AcmeConnector::connect(const std::string& ca, const SealedKey& account_key,
                                                   const std::string& account_url) {
  return open(ca, account_key, account_url).map([](auto connection) -> std::shared_ptr<Ca> {
    return connection;
  });
}

Result<void> AcmeConnector::change_key(const std::string& ca, const SealedKey& key, const SealedKey& next,
                                       const std::string& account_url) {
  auto before = open(ca, key, account_url);
  if (!before) return fail(std::move(before.error()));
  auto after = open(ca, next, account_url);
  if (!after) return fail(std::move(after.error()));
  return (*before)->change_key((*after)->key());
}

Result<std::shared_ptr<AcmeCa>> AcmeConnector::open(const std::string& ca, const SealedKey& account_key,
                                                    const std::string& account_url) {
  auto settings = settings_of(cas_, ca);
  if (!settings) return fail(std::move(settings.error()));
  const std::scoped_lock lock(mutex_);
  auto& slot = open_[{ca, account_key.id}];
  if (slot) return slot;
  auto pem = keyring_.private_key_pem(account_key);
  if (!pem) return fail(std::move(pem.error()));
  auto key = crypto::key_from_pem(*pem);
  OPENSSL_cleanse(pem->data(), pem->size());
  if (!key) return fail(std::move(key.error()));
  auto jws = JwsKey::from(std::move(*key));
  if (!jws) return fail(std::move(jws.error()));
  slot = std::make_shared<AcmeCa>(std::move(*settings), std::move(*jws), account_url, memory_, clock_);
  return slot;
}

}  // namespace certmgr::acme
