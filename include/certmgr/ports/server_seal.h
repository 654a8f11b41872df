// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "certmgr/domain/server.h"

namespace certmgr {

/// Vouches that a server's definition was made by whoever may decide about the host's files and hooks,
/// and not by another process that can write to the store. Thread-safe.
class ServerSeal {
 public:
  virtual ~ServerSeal() = default;
  /// Whether definitions are sealed at all.
  [[nodiscard]] virtual bool in_force() const = 0;
  /// The definition with its seal, to be stored. Trouble "cannot_seal": the key is not for this user.
  [[nodiscard]] virtual Result<Server> sealed(Server server) const = 0;
  /// Trouble "server_not_sealed" (permanent): the definition is not the one that was sealed.
  [[nodiscard]] virtual Result<void> check(const Server& server) const = 0;
};

/// One process, one user: nothing is sealed, and everything is accepted.
class NoServerSeal final : public ServerSeal {
 public:
  [[nodiscard]] bool in_force() const override { return false; }
  [[nodiscard]] Result<Server> sealed(Server server) const override { return server; }
  [[nodiscard]] Result<void> check(const Server&) const override { return {}; }
};

}  // namespace certmgr
