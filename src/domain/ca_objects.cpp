// SPDX-License-Identifier: MIT
#include "certmgr/domain/ca_objects.h"

#include <array>
#include <utility>

namespace certmgr {

CaStatus parse_ca_status(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, CaStatus>, 8> known{{
      {"pending", CaStatus::pending},
      {"ready", CaStatus::ready},
      {"processing", CaStatus::processing},
      {"valid", CaStatus::valid},
      {"invalid", CaStatus::invalid},
      {"deactivated", CaStatus::deactivated},
      {"expired", CaStatus::expired},
      {"revoked", CaStatus::revoked},
  }};
  for (const auto& [word, status] : known)
    if (word == text) return status;
  return CaStatus::unknown;
}

}  // namespace certmgr
