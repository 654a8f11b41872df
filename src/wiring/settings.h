// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "adapters/acme/ca_settings.h"
#include "certmgr/domain/ca_entry.h"
#include "certmgr/ports/server_seal.h"
#include "certmgr/services/account_desk.h"
#include "certmgr/services/certificate_desk.h"
#include "certmgr/services/daemon_kit.h"
#include "config/config.h"

namespace certmgr::wiring {

// What the parts of the program are told of the configuration.

std::vector<acme::CaSettings> ca_settings(const std::vector<CaEntry>& cas);
AccountTerms account_terms(const config::Config& config);
IssueDefaults issue_defaults(const config::Config& config, const std::vector<CaEntry>& cas);
std::unique_ptr<ServerSeal> server_seal(const config::Config& config);
/// How much each party gets at once. What cannot be named here (a CA of another configuration that has left
/// tasks behind) gets the usual.
std::function<PartyLimits(const std::string&)> party_limits(const config::Config& config,
                                                            const std::vector<CaEntry>& cas);
/// A step that runs longer than anything may is stuck.
Duration longest_step(const config::Config& config, const std::vector<CaEntry>& cas);

}  // namespace certmgr::wiring
