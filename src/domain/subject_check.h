// SPDX-License-Identifier: MIT
#pragma once

#include "certmgr/domain/identity_check.h"

namespace certmgr {

/// Adds what the subject of the certificate says differently from what was asked. `level` is the one the
/// certificate has: what it may say depends on that.
void check_subject(IdentityVerdict& verdict, const ChainFacts& found, const IdentityExpectation& asked,
                   CertificateLevel level);

}  // namespace certmgr
