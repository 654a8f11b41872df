// SPDX-License-Identifier: MIT
#pragma once

#include "adapters/store/database.h"
#include "certmgr/ports/clock.h"
#include "certmgr/ports/renewal_info.h"

namespace certmgr::store {

class SqliteRenewalInfoStore final : public RenewalInfoStore {
 public:
  SqliteRenewalInfoStore(Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  std::optional<SuggestedRenewal> suggested(std::int64_t version_id) override;
  SuggestedRenewal save_suggestion(std::int64_t version_id, const RenewalInfo& info, double chance,
                                   EventDraft event) override;
  std::optional<Instant> ask_at(std::int64_t certificate_id) override;
  void ask_again(std::int64_t certificate_id, Instant at) override;
  std::vector<ExplainedRenewal> explained(int limit) override;

 private:
  Database& database_;
  const Clock& clock_;
};

}  // namespace certmgr::store
