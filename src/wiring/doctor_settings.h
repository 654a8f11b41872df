// SPDX-License-Identifier: MIT
#pragma once

#include "certmgr/services/doctor.h"
#include "config/config.h"

namespace certmgr::wiring {

/// The files and programs that the configuration names, and what else `doctor` is to look at.
DoctorSettings doctor_settings(const config::Config& config);

}  // namespace certmgr::wiring
