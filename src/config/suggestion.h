// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace certmgr::config {

/// "did you mean 'X'?", or what there is.
std::string suggestion(const std::string& word, const std::vector<std::string>& known);

}  // namespace certmgr::config
