// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "certmgr/domain/ca_objects.h"
#include "certmgr/domain/certificate.h"
#include "certmgr/domain/trouble.h"

namespace certmgr {

/// The name of the profile to send; empty: none. Troubles "profile_not_offered" (permanent) where it is
/// required and the CA has no such profile. Where it is only preferred, it is left out then.
Result<std::string> profile_to_send(const CertificateSpec& spec, const CaMeta& meta);

/// What newOrder is to say, but for what it replaces. Troubles "profile_not_offered", and "validity_over"
/// where the certificate would have to end in the past or before it begins.
Result<NewOrder> wish_of(const CertificateSpec& spec, const CaMeta& meta, Instant now);

/// A CA's refusal of `wanted`, with what it is likely about: the validity that was asked for
/// ("validity_refused"), or the profile.
Trouble refused_wish(Trouble refusal, const NewOrder& wanted);

/// "30d", "12h", "90m" or "45s", or a moment as RFC 3339 has it. Trouble "bad_validity" (usage).
Result<ValidityBound> parse_validity_bound(const std::string& text);
/// The same the other way: "30d", "36h", "2026-11-24T08:09:00Z".
std::string to_string(const ValidityBound& bound);

}  // namespace certmgr
