// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "certmgr/domain/event.h"
#include "certmgr/domain/organization.h"
#include "certmgr/domain/organization_validation.h"

namespace certmgr {

/// Organizations with all versions of their records, and how CAs have validated them. Every change is one
/// transaction with its events, and makes the task of the organization's clocks due. Thread-safe; throws
/// Failure like the other stores.
class OrganizationStore {
 public:
  virtual ~OrganizationStore() = default;
  virtual std::optional<Organization> find_organization(const std::string& name) = 0;
  /// By name.
  virtual std::vector<Organization> organizations() = 0;
  /// Every version of the record, newest first.
  virtual std::vector<Organization> versions(std::int64_t organization_id) = 0;
  /// Every cycle, newest first.
  virtual std::vector<OrganizationValidation> validations(std::int64_t organization_id) = 0;

  /// Version 1. Failure "organization_exists" unless the name is free.
  virtual Organization add_organization(const OrganizationRecord& record, const EventDraft& event) = 0;
  /// Makes the next version, and saves the validations that go with the edit. Failure "conflict" unless
  /// `organization` is the newest version.
  virtual Organization edit_organization(const Organization& organization, const OrganizationRecord& record,
                                         const std::vector<OrganizationValidation>& validations,
                                         const std::vector<EventDraft>& events) = 0;
  /// The name is free again; versions, validations and events stay as evidence.
  virtual void remove_organization(const Organization& organization, const EventDraft& event) = 0;

  /// Saves the cycles in this order; id 0 makes a new one. Failure "conflict" unless each revision is the
  /// stored one, or if there would be two running, or two in force, for one CA and level.
  virtual void save_validations(const std::vector<OrganizationValidation>& validations,
                                const std::vector<EventDraft>& events) = 0;
  /// The same for what a look at all of an organization's cycles, as they were in `seen`, came to. Its task
  /// is due again at `wake_at`, and ends without one; if a cycle is another by now, it is due at once.
  virtual void settle(std::int64_t organization_id, const std::vector<OrganizationValidation>& seen,
                      const std::vector<OrganizationValidation>& changed,
                      const std::vector<EventDraft>& events, std::optional<Instant> wake_at) = 0;
};

}  // namespace certmgr
