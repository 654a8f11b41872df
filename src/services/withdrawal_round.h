// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "certmgr/domain/order.h"
#include "certmgr/domain/trouble.h"
#include "certmgr/ports/clock.h"

namespace certmgr {

/// Takes proofs back, one after the other, and keeps those that stay where they are. A way that fails and
/// took long is in trouble: with `leaves_slow`, what else it has to withdraw waits for the next time, so that
/// a certificate waits for one that hangs, and not for all of them. For one thread.
class WithdrawalRound {
 public:
  WithdrawalRound(Clock& clock, bool leaves_slow) : clock_(clock), leaves_slow_(leaves_slow) {}

  /// `withdraw` takes all of `proofs` back, at least one, which were published by one way.
  void take(std::vector<Leftover> proofs, const std::function<Result<void>()>& withdraw);
  /// Those that were not tried are first, so that it is their turn the next time.
  [[nodiscard]] std::vector<Leftover> left() const;

 private:
  using Way = std::pair<ChallengeType, std::string>;  // with the provider

  Clock& clock_;
  bool leaves_slow_;
  std::set<Way> slow_;
  std::vector<Leftover> untried_;
  std::vector<Leftover> failed_;
};

}  // namespace certmgr
