// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace certmgr::crypto {

/// UTF-8 in Unicode's normal form C, in which RFC 5280 section 7.1 compares names: letters with marks as one
/// character where there is one. What is no UTF-8 comes back as it is.
std::string normal_form_c(std::string_view text);

}  // namespace certmgr::crypto
