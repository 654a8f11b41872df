// SPDX-License-Identifier: MIT
#pragma once

#include "certmgr/domain/enrollment/machine.h"

namespace certmgr::enrollment {

// What each event does to an enrollment whose state knows it.

Enrollment enter(Enrollment enrollment, State state, Instant now);

Result<Enrollment> submit(Enrollment enrollment, const Submit& event, const Context& context);
Result<Enrollment> edit(Enrollment enrollment, const Edit& event, const Context& context);
Result<Enrollment> approve(Enrollment enrollment, const Approve& event, const Context& context);
Result<Enrollment> deny(Enrollment enrollment, const Deny& event, const Context& context);
Result<Enrollment> withdraw(Enrollment enrollment, const Withdraw& event, const Context& context);
Result<Enrollment> resume(Enrollment enrollment, const Resume& event, const Context& context);

Enrollment see_gates(Enrollment enrollment, const GatesSeen& event, const Context& context);
Enrollment take_demand(Enrollment enrollment, const CaAsks& event, Instant now);
Enrollment take_certificate(Enrollment enrollment, const CertificateSeen& event, Instant now);

Result<Enrollment> accept(Enrollment enrollment, const Accept& event, const Context& context);
Result<Enrollment> reject(Enrollment enrollment, const Reject& event, const Context& context);
Result<Enrollment> await(Enrollment enrollment, const Await& event, const Context& context);

/// Whether the person has requested or edited it.
bool is_author(const Enrollment& enrollment, const std::string& person);

}  // namespace certmgr::enrollment
