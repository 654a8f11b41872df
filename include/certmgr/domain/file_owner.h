// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "certmgr/domain/trouble.h"

namespace certmgr {

/// Absent: not named.
struct FileOwner {
  std::optional<std::string> user, group;
};

/// "USER:GROUP", "USER" or ":GROUP". Empty text names neither.
Result<FileOwner> parse_file_owner(std::string_view text);

/// Octal digits such as "0640", at most 0777.
Result<unsigned> parse_file_mode(std::string_view text);

}  // namespace certmgr
