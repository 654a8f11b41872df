// SPDX-License-Identifier: MIT
#include "certmgr/services/pruning_runner.h"

namespace certmgr {
namespace {

constexpr int kAlarmsAtOnce = 200;

}  // namespace

StepResult PruningRunner::step(std::int64_t /*subject_id*/, Progress& progress) {
  const Pruned pruned = alarms_.prune(clock_.now(), keep_, kAlarmsAtOnce);
  if (pruned.removed > 0)
    progress.step("pruning", "removed " + std::to_string(pruned.removed) + " alarms that were over for " +
                                 humanize(keep_) + " or longer");
  return {
      .finished = !pruned.again_at, .wake_at = pruned.again_at.value_or(Instant()), .trouble = std::nullopt};
}

}  // namespace certmgr
