// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "certmgr/domain/trouble.h"

namespace certmgr::answers {

/// Trouble (usage) "bad_body": what somebody sent says nothing that could be carried out.
tl::unexpected<Trouble> bad_body(const std::string& why);

/// A JSON object that says nothing twice; of two values for one key some readers take the first and some the
/// last. An empty text is an object without members. Trouble "bad_body".
Result<nlohmann::ordered_json> read_body(const std::string& text);

}  // namespace certmgr::answers
