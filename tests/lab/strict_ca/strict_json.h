// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace certmgr::lab::strict {

using nlohmann::json;

/// A JSON object without a member named twice (RFC 7515 section 4); Refusal names `what` otherwise.
json parse_object(const std::string& text, const std::string& what);

/// A member that must be a string.
std::string text_member(const json& object, const char* name, const std::string& what);

}  // namespace certmgr::lab::strict
