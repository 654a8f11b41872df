// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>

#include "certmgr/domain/renewal.h"

namespace certmgr {

/// From when on a version should have been replaced. A CA may suggest to renew later than we would.
inline Instant alarm_after(const Version& version, const Renewal& renewal) {
  const Instant alarm = alarm_time(version.not_before, version.not_after);
  return renewal.renew_at ? std::max(alarm, *renewal.renew_at) : alarm;
}

}  // namespace certmgr
