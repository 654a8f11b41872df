// SPDX-License-Identifier: MIT
#include "certmgr/services/health.h"

namespace certmgr {
namespace {

std::string neglected(const OverviewNumbers& numbers) {
  const std::string label = numbers.neglected_label.value_or("unknown");
  const std::string which = numbers.neglected == 1 ? "the certificate " + label + " is"
                                                   : std::to_string(numbers.neglected) +
                                                         " certificates are (first to expire: " + label + ")";
  return which +
         " past the renewal time and near the end: more than half of the time between the two is gone";
}

}  // namespace

std::vector<std::string> health_findings(const OverviewNumbers& numbers,
                                         const std::optional<SchedulerHealth>& scheduler,
                                         const std::vector<HalfLeftAlone>& left_alone) {
  std::vector<std::string> findings;
  if (scheduler && !scheduler->running) findings.emplace_back("the scheduler is not running");
  if (scheduler && scheduler->stuck)
    findings.push_back("the scheduler is stuck" + (scheduler->why.empty() ? "" : ": " + scheduler->why));
  if (scheduler && !scheduler->store_trouble.empty())
    findings.push_back("the store: " + scheduler->store_trouble);
  for (const auto& half : left_alone) findings.push_back(message(half));
  if (numbers.neglected > 0) findings.push_back(neglected(numbers));
  return findings;
}

}  // namespace certmgr
