// SPDX-License-Identifier: MIT
#include "wiring/known_cas.h"

#include <algorithm>

namespace certmgr::wiring {

std::vector<CaEntry> known_cas(std::vector<CaEntry> configured, const std::vector<CaEntry>& declared) {
  for (const auto& ca : declared) {
    const auto namesake = std::find_if(configured.begin(), configured.end(),
                                       [&](const CaEntry& known) { return known.name == ca.name; });
    if (namesake == configured.end())
      configured.push_back(ca);
    else if (namesake->built_in)
      *namesake = ca;
  }
  return configured;
}

}  // namespace certmgr::wiring
