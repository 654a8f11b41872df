// SPDX-License-Identifier: MIT
#include "config/person_name.h"

#include <algorithm>

namespace certmgr::config {

bool is_person_name(std::string_view name) {
  return !name.empty() && !name.starts_with('@') && std::none_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == 0x7f || c == ':' || c == ',' || c == '/';
  });
}

}  // namespace certmgr::config
