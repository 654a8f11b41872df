// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "certmgr/domain/ca_entry.h"
#include "certmgr/domain/organization_check.h"
#include "certmgr/domain/organization_validation.h"
#include "certmgr/ports/clock.h"
#include "certmgr/ports/fleet_source.h"
#include "certmgr/ports/fleet_store.h"
#include "certmgr/ports/organization_store.h"

namespace certmgr {

/// What an edit would do.
struct OrganizationEdit {
  Organization before;
  OrganizationRecord after;
  std::vector<OrganizationDifference> differences;  // none: nothing to do
  std::vector<OrganizationValidation> suspends;     // as they would be
};

/// Which cycle is meant. Absent: the only one there is to choose from.
struct ValidationChoice {
  std::optional<std::string> ca;
  std::optional<OrganizationLevel> level;
};

/// Organizations and how CAs validate them. Throws Failure (kind usage) for what cannot be done, and for a
/// broken store. What a CA says is recorded by whoever heard it: no CA is asked.
class OrganizationDesk {
 public:
  struct Parts {
    OrganizationStore& store;
    FleetStore& fleet;
    FleetSource& source;
    Clock& clock;
  };
  /// `configured`: the CAs of the configuration, built-in ones included.
  OrganizationDesk(Parts parts, std::vector<CaEntry> configured);

  /// The [[organization]] of this name in a fleet file, or the only one.
  OrganizationRecord read(const std::string& path, const std::string& name);
  /// What is wrong with the record, and what a CA will ask.
  OrganizationFindings findings(const OrganizationRecord& record, OrganizationLevel level) const;

  Organization add(const OrganizationRecord& record);
  std::vector<Organization> list();
  Organization show(const std::string& name);
  /// Every version, newest first.
  std::vector<Organization> versions(const Organization& organization);
  /// Every cycle as the clock has it, newest first. Changes nothing.
  std::vector<OrganizationValidation> validations(const Organization& organization);
  OrganizationEdit propose(const std::string& name, const OrganizationRecord& record);
  Organization carry_out(const OrganizationEdit& edit);
  void remove(const Organization& organization);

  /// Begins a cycle at a CA. The record must hold all that the level needs.
  OrganizationValidation submit(const std::string& name, const std::string& ca, OrganizationLevel level,
                                const std::string& ca_reference);
  /// Submits the record as it is now again: what is expired or suspended goes on, beside what is in force a
  /// new cycle begins.
  OrganizationValidation revalidate(const std::string& name, const ValidationChoice& choice);
  /// What the CA, or somebody for us, has said: every event but those of submit, edit and revalidate.
  OrganizationValidation move(const std::string& name, const ValidationChoice& choice, ValidationEvent event);

 private:
  /// The newest cycle of each CA and level, after time was given its due.
  std::vector<OrganizationValidation> settled(const Organization& organization);
  void require_known_ca(const std::string& ca);
  void require_complete(const Organization& organization, OrganizationLevel level) const;
  OrganizationValidation begin(const Organization& organization, const std::string& ca,
                               OrganizationLevel level, const std::string& ca_reference);
  OrganizationValidation save(const Organization& organization, const OrganizationValidation& before,
                              const OrganizationValidation& after);
  OrganizationValidation newest(const Organization& organization, const std::string& ca,
                                OrganizationLevel level);

  Parts parts_;
  std::vector<CaEntry> configured_;
};

}  // namespace certmgr
