// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "certmgr/domain/ca_entry.h"

namespace certmgr::wiring {

/// The rate limits of CAs by name. One that is not known yet may have been declared meanwhile, by `apply` in
/// another process: then all are read again. Thread-safe.
class KnownLimits {
 public:
  explicit KnownLimits(std::function<std::vector<CaEntry>()> cas) : cas_(std::move(cas)) {}

  RateLimits of(const std::string& ca) {
    const std::scoped_lock lock(mutex_);
    if (!limits_.contains(ca)) {
      for (auto& entry : cas_()) limits_[entry.name] = std::move(entry.limits);
    }
    const auto found = limits_.find(ca);
    return found != limits_.end() ? found->second : RateLimits{};
  }

 private:
  std::function<std::vector<CaEntry>()> cas_;
  std::mutex mutex_;
  std::map<std::string, RateLimits> limits_;  // guarded by mutex_
};

}  // namespace certmgr::wiring
