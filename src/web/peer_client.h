// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "answers/enrollment_door.h"

namespace certmgr::web {

/// The other side of a PeerDoor.
class PeerClient final : public answers::EnrollmentDoor {
 public:
  /// Throws Failure "socket_path" (usage).
  explicit PeerClient(std::string socket);
  /// Throws Failure: "daemon_unreachable", "bad_answer".
  answers::Answer ask(const answers::EnrollmentAsk& ask) override;

 private:
  std::string socket_;
};

}  // namespace certmgr::web
