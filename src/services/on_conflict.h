// SPDX-License-Identifier: MIT
#pragma once

#include "certmgr/domain/trouble.h"

namespace certmgr {

/// What `decide` reads, decides and saves, again from the reading on where somebody else saved in between
/// (the scheduler looks at enrollments, too). Failure "conflict" if that happens time after time.
template <class Decide>
auto again_on_conflict(const Decide& decide) {
  constexpr int kMostTries = 5;
  for (int tries = 1;; ++tries) {
    try {
      return decide();
    } catch (const Failure& failure) {
      if (failure.trouble().code != "conflict" || tries == kMostTries) throw;
    }
  }
}

}  // namespace certmgr
