// SPDX-License-Identifier: MIT
#pragma once

#include "answers/answer.h"
#include "answers/certificate_ask.h"
#include "certmgr/services/application.h"

namespace certmgr::answers {

/// Opens the enrollment for a certificate of level OV or EV that `by` asks for, if she may, or edits the one
/// that is open. The daemon goes on with it. Never throws Failure: that is the answer's trouble. Thread-safe.
Answer request_certificate(Application& app, const enrollment::Actor& by, const CertificateAsk& ask);

}  // namespace certmgr::answers
