// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "certmgr/domain/fleet_plan.h"

namespace certmgr {

/// The store as a whole, for plans over thousands of certificates. Thread-safe; throws Failure like the
/// other stores.
class FleetStore {
 public:
  virtual ~FleetStore() = default;
  /// Everything a fleet file can declare, in a handful of queries.
  virtual Fleet present() = 0;
  /// The CAs that were declared by `apply`, by name.
  virtual std::vector<CaEntry> cas() = 0;
  /// Carries out the plan in one transaction, with one event for each change. Failure "conflict" if the
  /// store is not as `present` any more, "certificate_busy" (waiting) if a certificate that is to be removed
  /// is being worked on; then nothing has changed.
  virtual void apply(const FleetPlan& plan, const Fleet& wanted, const Fleet& present) = 0;
  /// Removes one certificate with its versions, keys, orders and deployments; the event log stays. Failure
  /// "certificate_busy" if a process works on it.
  virtual void remove_certificate(std::int64_t certificate_id) = 0;
};

}  // namespace certmgr
