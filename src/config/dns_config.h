// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "certmgr/domain/dns_provider_settings.h"
#include "config/table_reader.h"

namespace certmgr::config {

/// Reads [dns.NAME] for every NAME, sorted. Throws Failure like TableReader.
std::vector<DnsProviderSettings> read_dns(const toml::table& providers, const Source& source);

/// Reads [challenge.dns-01], whose provider must be one of these.
Dns01Settings read_dns01(const toml::table& table, const std::vector<DnsProviderSettings>& providers,
                         const Source& source);

}  // namespace certmgr::config
