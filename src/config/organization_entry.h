// SPDX-License-Identifier: MIT
#pragma once

#include "certmgr/domain/fleet.h"
#include "config/table_reader.h"

namespace certmgr::config {

/// Reads one [[organization]] with its tables jurisdiction and address and its list contact. Fills `entry` as
/// far as it gets, so that the name of a faulty one is still known. What the texts say is judged elsewhere.
/// Throws Failure with its place.
void read_organization(const toml::table& table, const Source& source, DeclaredOrganization& entry);

}  // namespace certmgr::config
