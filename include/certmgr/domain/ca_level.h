// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "certmgr/domain/ca_entry.h"
#include "certmgr/domain/trouble.h"

namespace certmgr {

/// What [ca.NAME.ov] makes: "NAME-ov". At most CAs a level has a directory or an external account of its own,
/// which an entry has room for one of.
std::string name_at_level(const std::string& ca, CertificateLevel level);

/// "dv, ov"
std::string level_words(const std::vector<CertificateLevel>& levels);

bool offers(const CaEntry& ca, CertificateLevel level);

/// Where a certificate of this level is ordered if somebody names `ca`: there, or at its entry for the level.
/// Troubles "unknown_ca" (usage) and "level_not_offered" (configuration), which tells the levels there are.
Result<CaEntry> entry_for_level(const std::vector<CaEntry>& cas, const std::string& ca,
                                CertificateLevel level);

/// The first of these at which a certificate of this level can be ordered; nothing: at none.
std::optional<std::string> first_for_level(const std::vector<CaEntry>& cas,
                                           const std::vector<std::string>& names, CertificateLevel level);

}  // namespace certmgr
