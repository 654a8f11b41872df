// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "certmgr/ports/clock.h"
#include "certmgr/ports/rate_ledger.h"
#include "certmgr/ports/registered_domains.h"
#include "certmgr/ports/store.h"

namespace certmgr {

/// Keeps orders within what each CA allows, so that none is refused for a rate limit. Asks the store nothing
/// about a CA without limits. Thread-safe.
class OrderLimits {
 public:
  struct Parts {
    RateLedger& ledger;
    const RegisteredDomains& domains;
    OrderStore& orders;
    Clock& clock;
    std::function<RateLimits(const std::string& ca)> limits;  // of a CA by its name
    /// Whose account is used there, by the CA's name. Throws Failure for a CA that is not known.
    std::function<AccountPlace(const std::string& ca)> place;
  };
  explicit OrderLimits(Parts parts) : parts_(std::move(parts)) {}

  /// Room for an order that is about to be placed, once for each order. Trouble "ca_rate_limit" (transient)
  /// says which limit has none, and until when.
  std::optional<Trouble> reserve(const Order& order);
  /// Room for another account at the CA, likewise. The CA counts by address; we count what comes from this
  /// store.
  std::optional<Trouble> reserve_account(const std::string& ca);
  /// The CA refused the order for a rate limit all the same: others draw on it too, and the next order shall
  /// not ask.
  void learn(const Order& order, const Trouble& refusal);

  struct Line {
    Bucket bucket;
    BucketLevel level;
  };
  /// Every limit of the CA; one of which something is used once for each subject.
  std::vector<Line> standing(const std::string& ca);

 private:
  Demand demand(const RateLimits& limits, const Order& order);

  Parts parts_;
};

}  // namespace certmgr
