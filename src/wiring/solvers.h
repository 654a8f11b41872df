// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>

#include "certmgr/ports/clock.h"
#include "certmgr/ports/resolver.h"
#include "certmgr/ports/solver.h"
#include "config/config.h"

namespace certmgr::wiring {

/// Every way of proof, whether it is configured or not.
std::map<ChallengeType, std::shared_ptr<Solver>> solvers_by_type(const config::Config& config,
                                                                 Resolver& resolver, Clock& clock);

}  // namespace certmgr::wiring
