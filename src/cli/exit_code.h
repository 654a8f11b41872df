// SPDX-License-Identifier: MIT
#pragma once

namespace certmgr::cli {

/// The contract with scripts (docs/commands.md).
enum ExitCode : int {
  kDone = 0,
  kFailed = 1,
  kUsage = 2,         // wrong usage or configuration: nothing was attempted
  kDeployFailed = 3,  // issued, but a deployment failed
  kWaiting = 4,       // an approval, the CA's vetting, a retry time
};

}  // namespace certmgr::cli
