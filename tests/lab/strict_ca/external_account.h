// SPDX-License-Identifier: MIT
#pragma once

#include "lab/strict_ca/core.h"

namespace certmgr::lab::strict {

/// The kid of a binding in which everything holds (RFC 8555 section 7.3.4); Refusal otherwise.
std::string verified_external_account(Core& core, const nlohmann::json& binding, const Signed& outer);

}  // namespace certmgr::lab::strict
