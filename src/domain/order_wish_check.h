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

/// A finalize that came to nothing, with what to do about it where a validity was asked for: some CAs have no
/// word but HTTP 500 for one that they do not give, and say it only then.
Trouble refused_at_finalize(Trouble refusal, const CertificateSpec& spec);

/// When the certificate must be valid: now, or at its beginning if it was asked to begin later.
Instant judged_at(const CertificateSpec& spec, const ChainFacts& facts, Instant now);

}  // namespace certmgr
