// SPDX-License-Identifier: MIT
#pragma once

#include "adapters/store/database.h"
#include "certmgr/ports/clock.h"
#include "certmgr/ports/organization_store.h"

namespace certmgr::store {

class SqliteOrganizationStore final : public OrganizationStore {
 public:
  SqliteOrganizationStore(Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  std::optional<Organization> find_organization(const std::string& name) override;
  std::vector<Organization> organizations() override;
  std::vector<Organization> versions(std::int64_t organization_id) override;
  std::vector<OrganizationValidation> validations(std::int64_t organization_id) override;
  Organization add_organization(const OrganizationRecord& record, const EventDraft& event) override;
  Organization edit_organization(const Organization& organization, const OrganizationRecord& record,
                                 const std::vector<OrganizationValidation>& validations,
                                 const std::vector<EventDraft>& events) override;
  void remove_organization(const Organization& organization, const EventDraft& event) override;
  void save_validations(const std::vector<OrganizationValidation>& validations,
                        const std::vector<EventDraft>& events) override;
  void settle(std::int64_t organization_id, const std::vector<OrganizationValidation>& seen,
              const std::vector<OrganizationValidation>& changed, const std::vector<EventDraft>& events,
              std::optional<Instant> wake_at) override;

 private:
  Database& database_;
  const Clock& clock_;
};

}  // namespace certmgr::store
