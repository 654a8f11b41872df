// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

namespace certmgr::platform {

struct PortOwner {
  std::string name;  // printable ASCII, at most 15 characters: what /proc calls the program
  pid_t pid = 0;

  /// "nginx (pid 123)"
  [[nodiscard]] std::string text() const;
};

/// Who listens on a TCP port of this host, on any address. nullopt when nobody does, and when we may
/// not know: only root sees the processes of other users. With several processes on one socket, the
/// oldest.
std::optional<PortOwner> port_owner(std::uint16_t port);

/// What /proc calls this program.
std::string own_process_name();

}  // namespace certmgr::platform
