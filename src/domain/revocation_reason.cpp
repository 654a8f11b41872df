// SPDX-License-Identifier: MIT
#include "certmgr/domain/revocation_reason.h"

#include <algorithm>
#include <array>
#include <utility>

namespace certmgr {
namespace {

constexpr std::array<std::pair<RevocationReason, std::string_view>, 6> kReasons{{
    {RevocationReason::unspecified, "unspecified"},
    {RevocationReason::key_compromise, "keyCompromise"},
    {RevocationReason::superseded, "superseded"},
    {RevocationReason::cessation_of_operation, "cessationOfOperation"},
    {RevocationReason::affiliation_changed, "affiliationChanged"},
    {RevocationReason::privilege_withdrawn, "privilegeWithdrawn"},
}};

}  // namespace

std::string_view to_string(RevocationReason reason) {
  const auto found = std::find_if(kReasons.begin(), kReasons.end(),
                                  [&](const auto& known) { return known.first == reason; });
  return found != kReasons.end() ? found->second : "unspecified";
}

std::optional<RevocationReason> parse_revocation_reason(std::string_view text) {
  const auto found =
      std::find_if(kReasons.begin(), kReasons.end(), [&](const auto& known) { return known.second == text; });
  if (found == kReasons.end()) return std::nullopt;
  return found->first;
}

std::string known_revocation_reasons() {
  std::string list;
  for (const auto& [reason, word] : kReasons) list += (list.empty() ? "" : ", ") + std::string(word);
  return list;
}

bool is_usually_renewed(RevocationReason reason) {
  return reason != RevocationReason::cessation_of_operation;
}

}  // namespace certmgr
