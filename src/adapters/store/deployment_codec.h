// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "certmgr/domain/deployment.h"

namespace certmgr::store {

/// What of a deployment is not in columns of its own: reason, state, observed, before, after, hook_output,
/// attempts. Form {"v":1, ...}, described in docs/store.md.
std::string encode_deployment(const Deployment& deployment);

/// Fills in what the payload holds. Throws BadPayload or nlohmann::json::exception.
void decode_deployment(const std::string& payload, Deployment& deployment);

}  // namespace certmgr::store
