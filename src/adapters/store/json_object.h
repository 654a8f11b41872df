// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json.hpp>
#include <utility>

namespace certmgr::store {

inline void add_members(nlohmann::json::object_t& /*object*/) {}
template <class Value, class... Rest>
void add_members(nlohmann::json::object_t& object, const char* name, Value&& value, Rest&&... rest) {
  object.emplace(name, std::forward<Value>(value));
  add_members(object, std::forward<Rest>(rest)...);
}

/// object_of("name", value, "name", value, ...). An initializer list would make an array of two of each
/// member first; what is written with every step of an order should cost less.
template <class... Members>
nlohmann::json object_of(Members&&... members) {
  nlohmann::json value = nlohmann::json::object();
  add_members(value.get_ref<nlohmann::json::object_t&>(), std::forward<Members>(members)...);
  return value;
}

}  // namespace certmgr::store
