// SPDX-License-Identifier: MIT
#pragma once

#include "answers/answer.h"
#include "answers/certificate_ask.h"
#include "answers/enrollment_ask.h"

namespace certmgr::answers {

/// Somebody who can carry an ask out where this process can not: a daemon that holds the store and knows who
/// asks without being told.
class EnrollmentDoor {
 public:
  virtual ~EnrollmentDoor() = default;
  /// Both throw Failure when nobody answers.
  virtual Answer ask(const EnrollmentAsk& ask) = 0;
  virtual Answer request(const CertificateAsk& ask) = 0;
};

}  // namespace certmgr::answers
