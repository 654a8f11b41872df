// SPDX-License-Identifier: MIT
#pragma once

#include "adapters/store/database.h"
#include "certmgr/ports/overview.h"

namespace certmgr::store {

class SqliteOverview final : public Overview {
 public:
  explicit SqliteOverview(Database& database) : database_(database) {}

  OverviewNumbers numbers(Instant now) override;
  OverviewGlance glance(Instant now) override;
  std::vector<CertificateLine> lines(const std::string& after, int limit) override;
  std::vector<TroubledCertificate> troubled(int limit) override;

 private:
  Database& database_;
};

/// Every statement the overview is made of, to be checked against the indexes by a test: those of a glance,
/// and the others.
std::vector<std::string> glance_statements();
std::vector<std::string> overview_statements();

}  // namespace certmgr::store
