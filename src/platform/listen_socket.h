// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "certmgr/domain/trouble.h"
#include "platform/fd.h"

namespace certmgr::platform {

/// Where to listen. `host` is a numeric address in its canonical spelling, without brackets.
struct ListenAddress {
  std::string host;
  std::uint16_t port = 0;
  bool v6 = false;

  /// "[::]:80"
  [[nodiscard]] std::string text() const;
  bool operator==(const ListenAddress&) const = default;
};

/// Reads ADDR:PORT, with brackets around an IPv6 address. Host names are refused: what they mean may
/// change behind the user's back.
Result<ListenAddress> parse_listen_address(std::string_view text);

/// A TCP socket that listens there; [::] takes IPv4 connections too, and stands for 0.0.0.0 on a host
/// without IPv6. It never shares its port, not even with a process of the same user. `purpose` goes
/// into the trouble ("for the http-01 challenge"), whose code is "port_in_use" (transient when the
/// holder is another run of this program, which will be done soon), "permission_denied",
/// "address_not_available" or "cannot_listen".
Result<Fd> listen_on(const ListenAddress& address, std::string_view purpose);

}  // namespace certmgr::platform
