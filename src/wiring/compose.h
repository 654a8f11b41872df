// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "certmgr/services/application.h"
#include "config/config.h"

namespace certmgr::wiring {

/// Opens the store and puts every adapter behind its port. The only place that names them all. Throws
/// Failure.
std::unique_ptr<Application> compose(const config::Config& config);

}  // namespace certmgr::wiring
