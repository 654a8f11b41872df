// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace certmgr {

/// One of the officially assigned codes of ISO 3166-1 alpha-2, in capitals.
bool is_country_code(std::string_view code);

/// What to write instead of a code that is none: "write DE", or where to find the codes.
std::string country_code_hint(std::string_view code);

}  // namespace certmgr
