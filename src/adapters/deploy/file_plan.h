// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "certmgr/ports/server_control.h"
#include "platform/secret_text.h"

namespace certmgr::deploy {

/// One file as it shall be.
struct PlannedFile {
  std::string path;
  platform::SecretText content;
  bool secret = false;  // holds the private key
};

/// The files of a server with the content each gets.
std::vector<PlannedFile> plan_files(const ServerFiles& files, const Material& material);

/// The paths alone, for work that needs no content.
std::vector<PlannedFile> plan_paths(const ServerFiles& files);

/// Trouble "key_mismatch" or "material_broken" unless the key belongs to the leaf.
Result<void> check_pair(const Material& material);

}  // namespace certmgr::deploy
