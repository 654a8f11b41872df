// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "certmgr/domain/certificate.h"
#include "certmgr/domain/trouble.h"

namespace certmgr {

/// No server is given a certificate that its clients would refuse. What begins in a few minutes counts as
/// valid: our clock may be behind the CA's.
bool has_begun(const Version& version, Instant now);

/// A certificate that was asked to begin later is not put on servers before.
Trouble not_valid_yet(const std::string& label, const Version& version);

}  // namespace certmgr
