// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "certmgr/domain/instant.h"

namespace certmgr {

/// A line of the audit log before it has its place in the chain. No secrets.
struct EventDraft {
  std::string kind;     // "order.validating", "deployment.verified", "server.added", ...
  std::string subject;  // label, server or account the event is about
  std::map<std::string, std::string> data;
};

/// A line of the audit log. `hash` is the SHA-256 over the previous hash and this line.
struct Event {
  std::int64_t seq = 0;
  Instant at;
  EventDraft draft;
  std::string hash;
};

/// The event in a line for people, without its subject: "web: putting the new files in place".
std::string sentence(const EventDraft& event);

}  // namespace certmgr
