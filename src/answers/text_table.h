// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace certmgr::answers {

/// Columns for people, as wide as their content.
class TextTable {
 public:
  explicit TextTable(std::vector<std::string> header);
  void add(std::vector<std::string> row);
  [[nodiscard]] std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace certmgr::answers
