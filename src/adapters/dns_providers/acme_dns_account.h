// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "certmgr/domain/dns_provider_settings.h"
#include "platform/private_file.h"

namespace certmgr::dns_providers {

/// What acme-dns gave at registration; the password opens nothing but this one TXT name.
struct AcmeDnsAccount {
  std::string username;
  platform::SecretText password;
  std::string fulldomain;  // as of parse_dns_name()
  std::string subdomain;
};

/// The entry of `domain` in the file that acme-dns clients keep: {"example.com": {"username", "password",
/// "fulldomain", "subdomain", "allowfrom"}}. `what` begins the trouble: "acme_dns_credentials", and
/// "acme_dns_unregistered" when the domain has no entry.
Result<AcmeDnsAccount> load_account(const AcmeDnsSettings& settings, const std::string& domain,
                                    const std::string& what);

}  // namespace certmgr::dns_providers
