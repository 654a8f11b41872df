// SPDX-License-Identifier: MIT
#pragma once

#include "certmgr/domain/instant.h"

namespace certmgr {

/// When a certificate should be renewed without word from the CA: after 2/3 of its life, or after
/// half of it when it lives less than ten days. Never "N days before".
Instant renewal_time(Instant not_before, Instant not_after);

}  // namespace certmgr
