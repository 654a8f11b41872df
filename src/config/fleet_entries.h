// SPDX-License-Identifier: MIT
#pragma once

#include "certmgr/domain/fleet.h"
#include "config/table_reader.h"

namespace certmgr::config {

/// What messages call the fleet file.
Source fleet_source(const std::string& path);

/// Where something stands, as the domain says it.
FilePlace place_of(const toml::source_position& position);

// Read one entry. Throw Failure with its place.

DeclaredCertificate read_certificate(const toml::table& table, const Source& source);
/// Fills `entry` as far as it gets, so that the name of a faulty server is still known.
void read_server(const toml::table& table, const Source& source, DeclaredServer& entry);

}  // namespace certmgr::config
