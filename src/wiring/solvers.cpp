// SPDX-License-Identifier: MIT
#include "wiring/solvers.h"

#include <filesystem>
#include <string>

#include "adapters/solvers/dns_solver.h"
#include "adapters/solvers/http01_listener.h"
#include "adapters/solvers/persist_solver.h"
#include "adapters/solvers/tls_alpn01_listener.h"
#include "wiring/dns_provider.h"

namespace certmgr::wiring {

std::map<ChallengeType, std::shared_ptr<Solver>> solvers_by_type(const config::Config& config,
                                                                 Resolver& resolver, Clock& clock) {
  const auto state = std::filesystem::path(config.store_path).parent_path() / "dns";
  std::map<std::string, std::unique_ptr<DnsProvider>> providers;
  for (const auto& settings : config.dns)
    providers[settings.name] = make_dns_provider(settings, resolver, state.string());
  const auto over_dns =
      std::make_shared<solvers::DnsSolver>(resolver, std::move(providers), config.dns01.propagation_timeout);
  return {{ChallengeType::http_01, std::make_shared<solvers::Http01Listener>()},
          {ChallengeType::tls_alpn_01, std::make_shared<solvers::TlsAlpn01Listener>()},
          {ChallengeType::dns_01, over_dns},
          {ChallengeType::dns_account_01, over_dns},
          {ChallengeType::dns_persist_01, std::make_shared<solvers::PersistSolver>(resolver, clock)}};
}

}  // namespace certmgr::wiring
