// SPDX-License-Identifier: MIT
#pragma once

#include "certmgr/domain/order_machine.h"

namespace certmgr {

/// The order in Verifying with what came back: Issued, or Quarantined with all that is wrong.
Order judge(Order order, const ChainDownloaded& got, Instant now);

}  // namespace certmgr
