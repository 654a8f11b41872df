// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
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
  answers::Answer request(const answers::CertificateAsk& ask) override;

 private:
  /// `body`: of a POST; nothing: GET.
  [[nodiscard]] answers::Answer exchange(const std::string& page,
                                         const std::optional<nlohmann::ordered_json>& body) const;

  std::string socket_;
};

}  // namespace certmgr::web
