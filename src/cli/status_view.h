// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "certmgr/services/application.h"

namespace certmgr::cli {

/// In lists of a JSON document.
inline constexpr int kMostInJson = 100;

/// How everything stands.
struct Status {
  OverviewNumbers numbers;
  std::vector<TroubledCertificate> troubled;
  std::vector<Alarm> alarms;
  std::vector<ExplainedRenewal> explained;  // suggestions of CAs that have a page about them
  std::vector<std::string> findings;
  std::string daemon;  // "pid 4711"; empty: none runs
};

/// With up to `most` certificates in trouble. Throws Failure when the store cannot be read.
Status status_of(Application& app, int most);

/// The document of `status --json`.
nlohmann::ordered_json status_view(const Status& status);

}  // namespace certmgr::cli
