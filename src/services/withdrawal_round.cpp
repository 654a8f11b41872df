// SPDX-License-Identifier: MIT
#include "services/withdrawal_round.h"

#include <algorithm>

#include "services/order_record.h"

namespace certmgr {
namespace {

constexpr Duration kSlow = std::chrono::seconds(10);

void keep(std::vector<Leftover> proofs, const std::string& why, std::vector<Leftover>& among) {
  for (auto& proof : proofs) {
    proof.why = why;
    among.push_back(std::move(proof));
  }
}

}  // namespace

void WithdrawalRound::take(std::vector<Leftover> proofs, const std::function<Result<void>()>& withdraw) {
  const Way way{proofs.front().proof.type, proofs.front().way.provider};
  if (slow_.contains(way)) {
    keep(std::move(proofs), "not tried, as the one before took too long", untried_);
    return;
  }
  const Instant began = clock_.now();
  const Result<void> done = withdraw();
  if (done) return;
  if (clock_.now() - began >= kSlow) {
    slow_.insert(way);
    std::rotate(proofs.begin(), proofs.begin() + 1, proofs.end());
  }
  keep(std::move(proofs), why_left(done.error()), failed_);
}

std::vector<Leftover> WithdrawalRound::left() const {
  auto all = untried_;
  all.insert(all.end(), failed_.begin(), failed_.end());
  return all;
}

}  // namespace certmgr
