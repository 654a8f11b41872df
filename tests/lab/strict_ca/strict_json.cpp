// SPDX-License-Identifier: MIT
#include "lab/strict_ca/strict_json.h"

#include <set>
#include <vector>

#include "lab/strict_ca/problem.h"

namespace certmgr::lab::strict {

json parse_object(const std::string& text, const std::string& what) {
  std::vector<std::set<std::string>> names;
  std::string twice;
  const auto watch = [&](int, json::parse_event_t event, json& value) {
    if (event == json::parse_event_t::object_start) names.emplace_back();
    if (event == json::parse_event_t::object_end) names.pop_back();
    if (event == json::parse_event_t::key && !names.back().insert(value.get<std::string>()).second)
      twice = value.get<std::string>();
    return true;
  };
  json object = json::parse(text, watch, false);
  if (!object.is_object()) throw Refusal{problems::malformed(what + " is not a JSON object")};
  if (!twice.empty()) throw Refusal{problems::malformed(what + " names the member " + twice + " twice")};
  return object;
}

std::string text_member(const json& object, const char* name, const std::string& what) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string())
    throw Refusal{problems::malformed(what + " has no string \"" + name + "\"")};
  return *found;
}

}  // namespace certmgr::lab::strict
