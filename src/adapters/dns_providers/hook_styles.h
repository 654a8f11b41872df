// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "adapters/dns_providers/hook_provider.h"
#include "certmgr/domain/dns_provider_settings.h"

namespace certmgr::dns_providers {

/// PROGRAM present|cleanup FQDN. VALUE, or PROGRAM present|cleanup -- DOMAIN TOKEN KEYAUTH.
std::unique_ptr<HookStyle> exec_style(ExecSettings settings);

/// CERTBOT_DOMAIN, CERTBOT_VALIDATION and so on in the environment, no arguments of our own.
std::unique_ptr<HookStyle> certbot_style(CertbotSettings settings);

/// HOOK deploy_challenge|clean_challenge DOMAIN TOKEN VALUE, with HOOK_CHAIN for all at a time.
std::unique_ptr<HookStyle> dehydrated_style(DehydratedSettings settings);

/// PROGRAM begin|done|failed dns-01 DOMAIN TOKEN VALUE. Any status but 0 of "begin" declines the challenge:
/// trouble kChallengeDeclined.
std::unique_ptr<HookStyle> uacme_style(UacmeSettings settings);

/// dns_xx_add and dns_xx_rm of an installed acme.sh. `state_folder` keeps what scripts store per domain.
std::unique_ptr<HookStyle> acme_sh_style(AcmeShSettings settings, std::string state_folder);

}  // namespace certmgr::dns_providers
