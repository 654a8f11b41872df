// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "certmgr/domain/instant.h"
#include "certmgr/domain/server.h"
#include "certmgr/domain/trouble.h"

namespace certmgr {

/// What one listener presented. `fingerprint` is empty when there was no handshake; `trouble` then
/// says why.
struct Served {
  std::string target;       // VerifyTarget as text
  std::string fingerprint;  // SHA-256 of the leaf, hex
  std::string subject;      // first SAN or the subject's DN
  std::string issuer;
  Instant not_after;
  std::string trouble;
  bool operator==(const Served&) const = default;
};

// Where a deployment (one version on one server) can be.

/// Nothing touched. -> Staged
struct Pending {};
/// Old files kept beside, new files (being) put in place. `placed`: all of them are there.
/// -> Reloaded, RollingBack
struct Staged {
  bool placed = false;
  bool checked = false;  // the hook accepted the configuration
};
/// The server was told to read the new files. `since` starts the verification's deadline.
/// -> Verified, RollingBack
struct Reloaded {
  Instant since;
};
/// Every listener presents the new certificate. End.
struct Verified {
  Instant at;
};
/// Going back to the old files because of `cause`. -> RolledBack, RollbackFailed
struct RollingBack {
  Trouble cause;
  bool reload_needed = false;  // the server may have read the new files
  bool restored = false;       // old files are back in place
  std::optional<Instant> reloaded_at;
};
/// The old certificate is in place and, where a listener presented one before, presented again. End.
struct RolledBack {
  Trouble cause;
};
/// Neither the new nor the old certificate could be proven: a person must look. End.
struct DeployFailed {
  Trouble cause;
};

using DeploymentState =
    std::variant<Pending, Staged, Reloaded, Verified, RollingBack, RolledBack, DeployFailed>;

/// "pending", "staged", "reloaded", "verified", "rolling_back", "rolled_back", "failed".
std::string_view name_of(const DeploymentState& state);
bool is_final(const DeploymentState& state);

struct Deployment {
  std::int64_t id = 0;
  std::int64_t version_id = 0;
  std::int64_t server_id = 0;
  std::string reason;  // "issue", "renew", "rollback", "manual"; of the watch "retry", "repair"
  DeploymentState state = Pending{};
  bool observed = false;       // `before` was filled in
  std::vector<Served> before;  // what each target presented before anything was touched
  std::vector<Served> after;   // the last look at each target
  std::string hook_output;     // last 64 KiB of stdout and stderr
  Instant created_at;
  Instant entered_at;
  Instant wake_at;
  int attempts = 0;  // tries of the present step
  std::int64_t revision = 0;
};

}  // namespace certmgr
