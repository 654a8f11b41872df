// SPDX-License-Identifier: MIT
#include "requests.h"

#include <sstream>

namespace certmgr::e2e {

int requests(const lab::Outcome& outcome, const std::string& beginning) {
  std::istringstream lines(outcome.errors);
  int count = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto at = line.find(" debug ");
    if (at == std::string::npos || line.find(" https://") == std::string::npos) continue;
    count += line.compare(at + 7, beginning.size(), beginning) == 0 ? 1 : 0;
  }
  return count;
}

}  // namespace certmgr::e2e
