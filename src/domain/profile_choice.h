// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "certmgr/domain/ca_objects.h"
#include "certmgr/domain/certificate.h"

namespace certmgr {

/// The order was placed under another profile than the one that must be: "profile_unconfirmed".
std::optional<Trouble> profile_unconfirmed(const CertificateSpec& spec, const CaOrder& seen);

}  // namespace certmgr
