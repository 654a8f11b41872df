// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "certmgr/domain/ca_objects.h"
#include "certmgr/domain/trouble.h"

namespace certmgr::acme {

/// What documents after RFC 8555 put into the directory's meta: profiles (draft-ietf-acme-profiles),
/// auto-renewal (RFC 8739), what dns-persist-01 needs (draft-ietf-acme-dns-persist). What is ill-formed is
/// passed over: it is as if it was not offered.
void read_extensions(const nlohmann::json& meta, CaMeta& into);

/// The trouble with a valid order that gives a certificate which renews itself (RFC 8739 section 3.3) in the
/// place of one that can be had.
std::optional<Trouble> star_order(const nlohmann::json& order);

}  // namespace certmgr::acme
