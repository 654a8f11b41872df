// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "certmgr/domain/ca_objects.h"
#include "certmgr/domain/certificate.h"
#include "certmgr/domain/issued_check.h"

namespace certmgr {

// What came, beside what the order asked for.

/// The order was placed under another profile than the one that must be: "profile_unconfirmed".
std::optional<Trouble> profile_unconfirmed(const CertificateSpec& spec, const CaOrder& seen);

/// When the certificate must be valid: now, or at its beginning if it was asked to begin later.
Instant judged_at(const CertificateSpec& spec, const ChainFacts& facts, Instant now);

}  // namespace certmgr
