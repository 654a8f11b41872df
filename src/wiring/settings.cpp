// SPDX-License-Identifier: MIT
#include "wiring/settings.h"

#include <algorithm>
#include <map>

#include "adapters/store/keyed_server_seal.h"

namespace certmgr::wiring {

std::vector<acme::CaSettings> ca_settings(const std::vector<CaEntry>& cas) {
  std::vector<acme::CaSettings> all;
  for (const auto& entry : cas) {
    acme::CaSettings settings{entry.name,   entry.directory, entry.ca_bundle,    entry.timeout,
                              std::nullopt, entry.account,   entry.persist_draft};
    if (!entry.eab_kid.empty())
      settings.external_account = acme::ExternalAccount{entry.eab_kid, entry.eab_hmac_file, entry.eab_once};
    all.push_back(std::move(settings));
  }
  return all;
}

AccountTerms account_terms(const config::Config& config) {
  AccountTerms terms;
  if (!config.email.empty()) terms.contacts = {"mailto:" + config.email};
  terms.agreed = config.agree_tos;
  terms.key_type = config.account_key_type;
  return terms;
}

IssueDefaults issue_defaults(const config::Config& config, const std::vector<CaEntry>& cas) {
  IssueDefaults defaults{config.default_ca, config.key_type, {}, config.challenge, config.ways};
  defaults.fallback_cas = config.fallback_cas;
  for (const auto& entry : cas) {
    if (entry.key_type) defaults.key_type_of_ca[entry.name] = *entry.key_type;
    defaults.of_ca[entry.name] = {entry.profile, entry.preferred_chain};
  }
  return defaults;
}

std::unique_ptr<ServerSeal> server_seal(const config::Config& config) {
  if (config.seal.empty()) return std::make_unique<NoServerSeal>();
  return std::make_unique<store::KeyedServerSeal>(config.seal);
}

std::function<PartyLimits(const std::string&)> party_limits(const config::Config& config,
                                                            const std::vector<CaEntry>& cas) {
  std::map<std::string, PartyLimits> limits;
  for (const auto& ca : cas) limits["ca:" + ca.name] = {ca.at_once, ca.at_once * 8, ca.orders_per_minute};
  const int servers = config.daemon.deployments_at_once;
  limits["deploy"] = {servers, servers * 2, 0};
  limits["watch"] = {8, 64, 0};
  limits["renewal"] = {2, 64, 0};
  limits["revocation"] = {2, 16, 0};
  return [limits](const std::string& party) {
    const auto found = limits.find(party);
    return found != limits.end() ? found->second : PartyLimits{4, 16, 0};
  };
}

Duration longest_step(const config::Config& config, const std::vector<CaEntry>& cas) {
  std::chrono::seconds longest = config.hook_timeout;
  for (const auto& ca : cas) longest = std::max(longest, ca.timeout);
  return 2 * longest + std::chrono::minutes(2);
}

}  // namespace certmgr::wiring
