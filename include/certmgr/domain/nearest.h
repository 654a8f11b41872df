// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace certmgr {

/// The known word that `word` was probably meant to be: at most two letters inserted, left out,
/// replaced or swapped (one for words of up to four letters). nullopt if none is that near.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace certmgr
