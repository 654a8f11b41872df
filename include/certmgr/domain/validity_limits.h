// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

#include "certmgr/domain/instant.h"

namespace certmgr {

/// What binds every public CA for a certificate it issues on one day (Baseline Requirements 2.2.6, 4.2.1 and
/// 6.3.2). They bind EV too, whatever the EV Guidelines still print.
struct ValidityLimits {
  std::chrono::days validity;        // the longest life
  std::chrono::days control_reuse;   // how long a proof of control of a name is good
  std::chrono::days identity_reuse;  // how long what was collected about an organization is good
  bool operator==(const ValidityLimits&) const = default;
};

/// As of the moment of issuance: an order that waits can cross a border. Pure.
ValidityLimits limits_at(Instant issued);

/// The life of a certificate as the Baseline Requirements count it: both ends belong to it, and a day has
/// 86,400 seconds (6.3.2).
Duration counted_life(Instant not_before, Instant not_after);

}  // namespace certmgr
