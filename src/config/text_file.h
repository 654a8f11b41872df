// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <tl/expected.hpp>

namespace certmgr::config {

/// The whole content, or the errno that says why not.
tl::expected<std::string, int> read_text(const std::string& path);

}  // namespace certmgr::config
