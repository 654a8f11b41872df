// SPDX-License-Identifier: MIT
#include "services/withdrawal_round.h"

#include <algorithm>

#include "services/order_record.h"

namespace certmgr {
namespace {

constexpr Duration kSlow = std::chrono::seconds(10);

bool is_slow(const Trouble& trouble, Duration took) {
  return took >= kSlow || trouble.code == "dns_hook_timeout";
}

}  // namespace

void WithdrawalRound::take(std::vector<Leftover> proofs, const std::function<Result<void>()>& withdraw) {
  const Way way{proofs.front().proof.type, proofs.front().way.provider};
  if (slow_.contains(way)) {
    for (auto& proof : proofs) {
      if (proof.why.empty()) proof.why = "not tried, as another one of the same way took too long";
      untried_.push_back(std::move(proof));
    }
    return;
  }
  const Instant began = clock_.now();
  const Result<void> done = withdraw();
  if (done) return;
  if (leaves_slow_ && is_slow(done.error(), clock_.now() - began)) slow_.insert(way);
  // One of them may be in the way of the others: the next time it is not the first.
  std::rotate(proofs.begin(), proofs.begin() + 1, proofs.end());
  for (auto& proof : proofs) {
    proof.why = why_left(done.error());
    failed_.push_back(std::move(proof));
  }
}

std::vector<Leftover> WithdrawalRound::left() const {
  auto all = untried_;
  all.insert(all.end(), failed_.begin(), failed_.end());
  return all;
}

}  // namespace certmgr
