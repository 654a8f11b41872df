// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "certmgr/domain/trouble.h"

namespace certmgr {

/// Who people are, by the word of the system and of nobody else (docs/decisions/0021-who-acts.md).
class Persons {
 public:
  virtual ~Persons() = default;
  /// The person behind this process. Trouble "unknown_person" where the system has no name for her.
  virtual Result<std::string> me() = 0;
  /// The person with this user id, who has connected to a socket of ours. Not root: behind a socket nobody
  /// can tell who became root. Trouble "unknown_person".
  virtual Result<std::string> caller(std::uint32_t uid) = 0;
  /// All groups of a person, the primary one too; none for a name the system does not know.
  virtual std::set<std::string> groups_of(const std::string& person) = 0;
};

}  // namespace certmgr
