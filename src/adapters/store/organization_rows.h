// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "certmgr/domain/organization.h"
#include "certmgr/domain/organization_validation.h"

namespace SQLite {
class Database;
}

namespace certmgr::store {

// Removed organizations are found by none of the first three.

std::optional<Organization> find_organization_row(SQLite::Database& connection, const std::string& name);
/// By name.
std::vector<Organization> all_organizations(SQLite::Database& connection);
/// Cycles that run or are in force, of every organization, oldest first.
std::vector<OrganizationValidation> standing_validations(SQLite::Database& connection);
/// Newest first.
std::vector<Organization> organization_versions(SQLite::Database& connection, std::int64_t id);
/// Newest first.
std::vector<OrganizationValidation> validations_of(SQLite::Database& connection, std::int64_t id);

// The writers go within a transaction that also appends the event.

Organization insert_organization(SQLite::Database& connection, const OrganizationRecord& record, Instant now);
/// Failure "conflict" unless `organization` is the newest version.
Organization append_version(SQLite::Database& connection, const Organization& organization,
                            const OrganizationRecord& record, Instant now);
void end_organization(SQLite::Database& connection, const Organization& organization, Instant now);
/// Inserts (id 0) or updates. Failure "conflict" unless the revision is the stored one.
void put_validation(SQLite::Database& connection, const OrganizationValidation& validation, Instant now);

/// Reads every row, of removed organizations too; `report` is told what is wrong with those that cannot be
/// read.
void check_organizations(SQLite::Database& connection, const std::function<void(const std::string&)>& report);

}  // namespace certmgr::store
