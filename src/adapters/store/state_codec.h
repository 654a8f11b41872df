// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "adapters/store/domain_json.h"

namespace certmgr::store {

/// {"name": name_of(state), ...what `fields(alternative)` gives}
template <class State, class Fields>
json encode_state(const State& state, const Fields& fields) {
  json value = std::visit([&](const auto& alternative) { return fields(alternative); }, state);
  value["name"] = name_of(state);
  return value;
}

/// Finds the alternative by its name and has `read(json, alternative&)` fill it. Because every alternative
/// is tried, one without a `read` does not compile.
template <class State, class Read>
State decode_state(const json& value, const Read& read) {
  const auto name = value.at("name").get<std::string>();
  State state;
  bool found = false;
  const auto attempt = [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
    State candidate(std::in_place_index<I>);
    if (found || name_of(candidate) != name) return;
    read(value, std::get<I>(candidate));
    state = std::move(candidate);
    found = true;
  };
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (attempt(std::integral_constant<std::size_t, I>{}), ...);
  }
  (std::make_index_sequence<std::variant_size_v<State>>{});
  if (!found) throw BadPayload("unknown state \"" + name + "\"");
  return state;
}

}  // namespace certmgr::store
