// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <vector>

#include "certmgr/domain/deployment.h"
#include "certmgr/domain/identifier.h"
#include "certmgr/domain/server.h"
#include "certmgr/domain/trouble.h"

namespace certmgr {

/// The PEM texts of one version. Holds a private key: short-lived, never logged.
struct Material {
  std::string key_pem;  // empty: the key is elsewhere
  std::string leaf_pem;
  std::string chain_pem;  // intermediates, may be empty
};

/// Puts certificate files where a server reads them. Every call may be repeated after a crash.
/// Thread-safe for different servers.
class FilePlacer {
 public:
  virtual ~FilePlacer() = default;
  /// Every file of the server holds exactly this content, with the wanted owner and mode.
  virtual Result<bool> holds(const Server& server, const Material& material) = 0;
  /// Keeps each old file beside the new one, then replaces all by rename. Content is never visible
  /// before owner and mode are right, and is on disk before the rename. On trouble nothing changed.
  virtual Result<void> place(const Server& server, const Material& material) = 0;
  /// Puts the kept files back; a file that did not exist before is removed.
  virtual Result<void> restore(const Server& server) = 0;
  /// Removes the kept files and whatever a killed process left.
  virtual Result<void> drop_backups(const Server& server) = 0;
  /// Can the files be written: folders exist and are writable, owner and group exist.
  virtual Result<void> check_places(const Server& server) = 0;
};

struct HookCall {
  std::string phase;  // "check", "reload", "describe"
  const Server* server = nullptr;
  std::string certificate;  // label
  std::vector<Identifier> identifiers;
  std::string fingerprint;
  Instant not_after;
  std::string reason;
};

struct HookResult {
  int exit_code = 0;
  std::string output;  // stdout and stderr as they came, last 64 KiB
};

/// Runs a server's hook (docs/hooks.md). Thread-safe.
class HookRunner {
 public:
  virtual ~HookRunner() = default;
  /// Path of the hook, empty if the server has none.
  [[nodiscard]] virtual Result<std::string> hook_path(const Server& server) const = 0;
  /// Trouble when it cannot be started, was ended by a signal, or ran past the time limit (then
  /// its whole process group was ended); detail is its output. Any exit code is a result.
  virtual Result<HookResult> run(const HookCall& call) = 0;
};

/// Looks at what a listener presents. Thread-safe.
class TlsProber {
 public:
  virtual ~TlsProber() = default;
  /// One handshake within `limit`, without judging the certificate. Never fails: Served::trouble.
  virtual Served probe(const VerifyTarget& target, const std::string& default_sni, Duration limit) = 0;
};

}  // namespace certmgr
