// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace certmgr::config {

/// A name that the user database can hold. Its separators and what no terminal shows are no part of one, and
/// '@' begins the name of a group in ours.
bool is_person_name(std::string_view name);

}  // namespace certmgr::config
