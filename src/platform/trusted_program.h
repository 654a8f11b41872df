// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

namespace certmgr::platform {

struct Distrust {
  std::string why;   // "/opt/hook can be changed by other users"
  std::string cure;  // "chmod go-w /opt/hook"
};

/// Why this file must not be run with our rights: it is missing, no regular file, or somebody other than
/// root and us could change it or put another in its place. Links are followed. nullopt: nothing against it.
std::optional<Distrust> distrust(const std::string& path);

}  // namespace certmgr::platform
