// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certmgr/domain/instant.h"

namespace certmgr {

/// What a person should know about. One alarm per kind and subject is open at a time.
enum class AlarmKind {
  renewal_failing,     // subject: label. Orders come to nothing
  expiry_near,         // subject: label. Less than a sixth of the life is left, or none
  enrollment_waiting,  // subject: label. Somebody outside must act before the CA goes on
  deployment_failed,   // subject: server. Failed or rolled back
  listener_wrong,      // subject: server. Presents another certificate, and a deployment did not cure it
  listener_down,       // subject: server. No handshake for several looks in a row
  revoked,             // subject: label. The CA has revoked the current version
  ca_account,          // subject: CA. The account there needs a person, or the CA does not answer
  validation_ending,   // subject: organization, CA and level. A CA's validation ends soon, or has ended
  validation_waiting,  // subject: the same. The CA asked for something
  validation_slow,     // subject: the same. The CA has been looking for long
};
std::string_view to_string(AlarmKind kind);
std::optional<AlarmKind> parse_alarm_kind(std::string_view text);
/// Every kind, in the order above.
std::vector<AlarmKind> alarm_kinds();

/// An alarm before it has its place in the store. No secrets.
struct AlarmDraft {
  AlarmKind kind = AlarmKind::renewal_failing;
  std::string subject;
  std::string text;  // one line: what is wrong and why
  std::string hint;  // what to do
  std::string detail;
  bool operator==(const AlarmDraft&) const = default;
};

struct Alarm {
  std::int64_t id = 0;
  AlarmDraft draft;  // the newest words about it
  Instant raised_at;
  std::optional<Instant> cleared_at;
};

/// What a channel is given to send.
struct Notice {
  enum class Message { raised, recovered, test };
  Message message = Message::raised;
  Alarm alarm;       // with `test`: only the text
  std::string host;  // where certmgr runs
};

}  // namespace certmgr
