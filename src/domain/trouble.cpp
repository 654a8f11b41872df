// SPDX-License-Identifier: MIT
#include "certmgr/domain/trouble.h"

namespace certmgr {

std::string Trouble::message() const {
  if (why.empty()) return what;
  if (what.empty()) return why;
  return what + ": " + why;
}

}  // namespace certmgr
