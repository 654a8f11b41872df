// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "certmgr/domain/deployment.h"

namespace certmgr {

/// Every listener presented the new leaf at the last look. True for a server without listeners.
bool proves_new(const Deployment& deployment, const std::string& expected);
/// Every listener that presented a certificate before presented the same one at the last look.
bool proves_old(const Deployment& deployment);

}  // namespace certmgr
