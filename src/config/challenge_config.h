// SPDX-License-Identifier: MIT
#pragma once

#include <toml++/toml.h>

#include <string>
#include <vector>

#include "certmgr/domain/challenge.h"
#include "certmgr/domain/dns_provider_settings.h"
#include "config/table_reader.h"

namespace certmgr::config {

/// What [challenge.TYPE] tables say.
struct ChallengeTables {
  std::vector<ChallengeSettings> ways;  // in the order they are tried where nobody says otherwise
  Dns01Settings dns01;
};
ChallengeTables read_challenges(const toml::table& table, const std::vector<DnsProviderSettings>& providers,
                                const Source& source);

}  // namespace certmgr::config
