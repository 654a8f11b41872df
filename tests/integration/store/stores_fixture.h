// SPDX-License-Identifier: MIT
#pragma once

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "integration/store/support.h"

namespace certmgr::store::testing {

/// What every store, whatever its adapter, has to do.
class Stores : public ::testing::Test {
 protected:
  TemporaryFolder folder_;
  Bench bench_{folder_ / "s.db"};

  Claim claim(TaskRef task) {
    const Claim claim = bench_.tasks.claim(task, bench_.clock.now(), std::chrono::minutes(5), false);
    bench_.tasks.release(task);
    return claim;
  }
  std::size_t event_count() { return bench_.events.events("", 1000).size(); }
  void expect_sound() { EXPECT_THAT(bench_.inspector.check().findings, ::testing::IsEmpty()); }
  Order with_key(Order order, const SealedKey& key) {
    order.state = Ordering{key.id};
    return bench_.orders.save({order, event("order.ordering", order.spec.label), key, {}, {}});
  }
};

inline std::vector<std::string> labels(const std::vector<Certificate>& certificates) {
  std::vector<std::string> all;
  for (const Certificate& certificate : certificates) all.push_back(certificate.spec.label);
  return all;
}

}  // namespace certmgr::store::testing
