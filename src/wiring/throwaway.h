// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "certmgr/services/application.h"
#include "config/config.h"

namespace certmgr::wiring {

/// An application on a store of its own that is gone with it: for rehearsals, and for who looks where there
/// is no store yet. The store lies in a folder for this user alone, in memory where the system has /dev/shm
/// ($TMPDIR goes before). What a killed process left there, the next one removes. Throws Failure.
std::unique_ptr<Application> compose_throwaway(config::Config config);

/// The application on the configured store if there is one, else a throw-away one: nothing is made.
std::unique_ptr<Application> compose_to_look(const config::Config& config);

}  // namespace certmgr::wiring
