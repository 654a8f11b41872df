// SPDX-License-Identifier: MIT
#include "certmgr/domain/alarm.h"

#include <algorithm>
#include <array>
#include <utility>

namespace certmgr {
namespace {

/// The words people write into `on = [...]` and programs read in the JSON: never changed.
constexpr std::array<std::pair<AlarmKind, std::string_view>, 11> kWords{{
    {AlarmKind::renewal_failing, "renewal_failing"},
    {AlarmKind::expiry_near, "expiry_near"},
    {AlarmKind::enrollment_waiting, "enrollment_waiting"},
    {AlarmKind::deployment_failed, "deployment_failed"},
    {AlarmKind::listener_wrong, "listener_wrong"},
    {AlarmKind::listener_down, "listener_down"},
    {AlarmKind::revoked, "revoked"},
    {AlarmKind::ca_account, "ca_account"},
    {AlarmKind::validation_ending, "validation_ending"},
    {AlarmKind::validation_waiting, "validation_waiting"},
    {AlarmKind::validation_slow, "validation_slow"},
}};

}  // namespace

std::string_view to_string(AlarmKind kind) {
  const auto found =
      std::find_if(kWords.begin(), kWords.end(), [&](const auto& word) { return word.first == kind; });
  return found == kWords.end() ? std::string_view() : found->second;
}

std::optional<AlarmKind> parse_alarm_kind(std::string_view text) {
  const auto found =
      std::find_if(kWords.begin(), kWords.end(), [&](const auto& word) { return word.second == text; });
  if (found == kWords.end()) return std::nullopt;
  return found->first;
}

std::vector<AlarmKind> alarm_kinds() {
  std::vector<AlarmKind> all;
  all.reserve(kWords.size());
  for (const auto& [kind, word] : kWords) all.push_back(kind);
  return all;
}

}  // namespace certmgr
