// SPDX-License-Identifier: MIT
#include "certmgr/domain/rate_settlement.h"

#include <algorithm>

namespace certmgr {
namespace {

bool mentions(std::string_view words, std::string_view part) {
  return words.find(part) != std::string_view::npos;
}

std::optional<Bucket> of_kind(const std::vector<Bucket>& buckets, LimitKind kind, std::string_view words) {
  const auto found = std::find_if(buckets.begin(), buckets.end(), [&](const Bucket& bucket) {
    const bool any = kind == LimitKind::orders || kind == LimitKind::certificates_per_set;
    return bucket.kind == kind && (any || mentions(words, "\"" + bucket.subject + "\""));
  });
  return found == buckets.end() ? std::nullopt : std::optional(*found);
}

}  // namespace

Settlement settlement_of(const Order& ended) {
  Settlement settlement;
  const auto* failed = std::get_if<Failed>(&ended.state);
  const bool may_exist = failed != nullptr && !failed->key_id.empty();
  settlement.give_back = (failed != nullptr && !may_exist) || std::holds_alternative<Withdrawn>(ended.state);
  settlement.begin_anew = std::holds_alternative<Issued>(ended.state);
  if (failed != nullptr && ended.unproven) settlement.failed = ended.unproven->value;
  return settlement;
}

bool counts_certificates(LimitKind kind) {
  return kind == LimitKind::certificates_per_domain || kind == LimitKind::certificates_per_set;
}

std::optional<Bucket> bucket_named_in(std::string_view words, const Demand& demand) {
  if (mentions(words, "too many new orders")) return of_kind(demand.taken, LimitKind::orders, words);
  if (mentions(words, "too many failed authorizations"))
    return of_kind(demand.failures, LimitKind::failed_authorizations, words);
  if (!mentions(words, "too many certificates")) return std::nullopt;
  if (mentions(words, "exact set")) return of_kind(demand.taken, LimitKind::certificates_per_set, words);
  return of_kind(demand.taken, LimitKind::certificates_per_domain, words);
}

}  // namespace certmgr
