// SPDX-License-Identifier: MIT
#pragma once

#include "lab/strict_ca/core.h"

namespace certmgr::lab::strict {

using Lock = std::unique_lock<std::mutex>;

/// RFC 8555 section 7.4, second half.
Reply finalize(Core& core, Lock& lock, const Signed& request, const std::string& id);
/// Issues what the order asks for; it is valid afterwards.
void complete(Core& core, Order& order);
/// Section 7.4.2; `number` 0 is the default chain.
Reply certificate(const Core& core, const Signed& request, const std::string& id, std::size_t number);

}  // namespace certmgr::lab::strict
