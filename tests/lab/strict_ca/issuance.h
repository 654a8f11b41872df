// SPDX-License-Identifier: MIT
#pragma once

#include "lab/strict_ca/core.h"

namespace certmgr::lab::strict {

/// What its account and its profile let the order have.
Level level_of(const Core& core, const Order& order);

/// The leaf for an order whose CSR was taken, with the errors that the behaviour asks for.
X509Ptr issue(const Core& core, const Order& order);

}  // namespace certmgr::lab::strict
