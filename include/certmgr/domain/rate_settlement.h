// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "certmgr/domain/order.h"
#include "certmgr/domain/rate_limit.h"

namespace certmgr {

/// What the end of an order means to the buckets it took from.
struct Settlement {
  bool give_back = false;             // no certificate came of it: those are not counted
  bool begin_anew = false;            // failures in a row are over
  std::optional<std::string> failed;  // the identifier whose authorization failed
};
/// `ended` is final. What may have ended in a certificate after all counts as one.
Settlement settlement_of(const Order& ended);

/// Whether what was taken from such a bucket comes back if no certificate was issued. An order stays one.
bool counts_certificates(LimitKind kind);

/// The bucket that a CA means by the words of a rateLimited problem, as far as they tell. Boulder's words.
std::optional<Bucket> bucket_named_in(std::string_view words, const Demand& demand);

}  // namespace certmgr
