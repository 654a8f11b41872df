// SPDX-License-Identifier: MIT
#include "config/suggestion.h"

#include "certmgr/domain/nearest.h"

namespace certmgr::config {

std::string suggestion(const std::string& word, const std::vector<std::string>& known) {
  if (const auto near = nearest(word, known)) return "did you mean '" + *near + "'?";
  std::string list;
  for (const auto& one : known) list += (list.empty() ? "use one of: " : ", ") + one;
  return list;
}

}  // namespace certmgr::config
