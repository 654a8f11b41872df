// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "certmgr/ports/daemon_presence.h"
#include "certmgr/services/application.h"
#include "config/config.h"

namespace certmgr::wiring {

/// Opens the store and puts every adapter behind its port. The only place that names them all. Throws
/// Failure. `self`: the daemon this process is, which need not wake itself, and which makes no new store
/// where another has worked on one that is gone. `outlives` goes after the application.
std::unique_ptr<Application> compose(const config::Config& config, std::optional<DaemonRole> self,
                                     std::shared_ptr<const void> outlives = nullptr);

}  // namespace certmgr::wiring
