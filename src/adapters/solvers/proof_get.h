// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace certmgr::solvers {

struct Fetched {
  long status = 0;
  std::string body;  // the first 4 KiB
};

/// One GET of http://NAME/PATH, sent to that address and port whatever the DNS says of the name, through no
/// proxy; redirects are not followed. nullopt when there is no HTTP answer within two seconds.
std::optional<Fetched> get_over_http(const std::string& name, const std::string& address, std::uint16_t port,
                                     const std::string& path);

}  // namespace certmgr::solvers
