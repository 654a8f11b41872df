// SPDX-License-Identifier: MIT
#include "certmgr/domain/ca_objects.h"

#include <array>
#include <utility>

namespace certmgr {

namespace {

constexpr std::array<std::pair<std::string_view, CaStatus>, 8> kKnown{{
    {"pending", CaStatus::pending},
    {"ready", CaStatus::ready},
    {"processing", CaStatus::processing},
    {"valid", CaStatus::valid},
    {"invalid", CaStatus::invalid},
    {"deactivated", CaStatus::deactivated},
    {"expired", CaStatus::expired},
    {"revoked", CaStatus::revoked},
}};

}  // namespace

CaStatus parse_ca_status(std::string_view text) {
  for (const auto& [word, status] : kKnown)
    if (word == text) return status;
  return CaStatus::unknown;
}

std::string_view to_string(CaStatus status) {
  for (const auto& [word, known] : kKnown)
    if (known == status) return word;
  return "unknown";
}

}  // namespace certmgr
