// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "certmgr/domain/dns_provider_settings.h"
#include "certmgr/ports/dns_provider.h"
#include "certmgr/ports/resolver.h"

namespace certmgr::wiring {

/// The provider that [dns.NAME] describes. `state_folder` keeps what must outlive the process: which hooks
/// were called, and what they printed. The resolver must outlive the provider.
std::unique_ptr<DnsProvider> make_dns_provider(const DnsProviderSettings& settings, Resolver& resolver,
                                               const std::string& state_folder);

}  // namespace certmgr::wiring
