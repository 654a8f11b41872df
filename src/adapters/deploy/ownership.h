// SPDX-License-Identifier: MIT
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <optional>
#include <string>

#include "certmgr/domain/server.h"

namespace certmgr::deploy {

/// Owner, group and mode a file gets. No owner or group: what a new file of ours gets by itself.
struct Ownership {
  std::optional<uid_t> uid;
  std::optional<gid_t> gid;
  mode_t mode = 0600;
  [[nodiscard]] bool fits(const struct stat& file) const;
};

/// What the server asks for; else as the replaced file; else ours, 0600 with a key and 0644 without.
/// A file with a key is never open to others.
Result<Ownership> wanted_ownership(const Server& server, const std::optional<struct stat>& old, bool secret);

/// Trouble "cannot_chown" when this process may not give a file to that owner and group.
Result<void> can_give(const Ownership& wanted, const std::string& path);

/// The trouble itself, for when the system has refused.
Trouble cannot_chown(const std::string& path, const std::string& why);

}  // namespace certmgr::deploy
