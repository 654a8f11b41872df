// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "platform/fd.h"

namespace certmgr::platform {

/// A listening TCP socket that was open when this program was started (systemd's socket units).
struct InheritedSocket {
  std::string name;  // FileDescriptorName= of its unit
  std::uint16_t port = 0;
  Fd socket;
};

/// All of them. They are taken over at the first call, once for the life of the process, and the variables
/// that announced them are gone then; so call it in main(), before there are threads. Sockets of another
/// kind are closed.
const std::vector<InheritedSocket>& inherited_sockets();

/// The port a socket is bound to, 0 if it has none.
std::uint16_t port_of(const Fd& socket);

/// A duplicate of the one on this port, else of the one with this name. Nobody may shut it down: the
/// original, which systemd keeps for the next start, would be shut down too.
std::optional<Fd> inherited_listener(const std::string& name, std::uint16_t port);

}  // namespace certmgr::platform
