// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "certmgr/domain/server.h"
#include "certmgr/domain/trouble.h"

namespace certmgr::deploy {

/// The folder a certbot deploy hook finds in RENEWED_LINEAGE.
std::string lineage_folder(const std::string& state_folder, const Server& server);

/// Fills it: privkey.pem, cert.pem, chain.pem and fullchain.pem, as links to the server's own files
/// where it has them. The public ones it has no file for are written from those it has; a key is only
/// ever linked to. What cannot be told from the server's files (none are there yet) is left out.
Result<void> prepare_lineage(const std::string& state_folder, const Server& server);

}  // namespace certmgr::deploy
