// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "certmgr/ports/server_control.h"

namespace certmgr::deploy {

/// Runs hooks as child processes (docs/hooks.md).
class HookProcess : public HookRunner {
 public:
  /// `hooks_folder` holds one hook per server type; below `state_folder` each server gets the folder
  /// that certbot hooks expect.
  HookProcess(std::string hooks_folder, std::string state_folder, Duration limit = std::chrono::seconds(60));

  [[nodiscard]] Result<std::string> hook_path(const Server& server) const override;
  Result<HookResult> run(const HookCall& call) override;

 private:
  std::string hooks_folder_;
  std::string state_folder_;
  Duration limit_;
};

}  // namespace certmgr::deploy
