// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certmgr/domain/instant.h"
#include "certmgr/domain/trouble.h"

namespace certmgr {

/// draft-ietf-acme-dns-persist changed what the record says; which one a CA reads is configured, never
/// guessed.
enum class PersistDraft {
  draft_01,  // -00 and -01: accounturi is the account's URL
  draft_02,  // accounturi is a hash over the name, the account's key and its URL
};
std::string_view to_string(PersistDraft draft);
std::optional<PersistDraft> parse_persist_draft(std::string_view text);

/// What one TXT record at _validation-persist.NAME says: "ISSUER; accounturi=URI[; policy=wildcard]
/// [; persistUntil=SECONDS]". Such a record stays; this program never removes one.
struct PersistRecord {
  std::string issuer;  // lower case
  std::string account_uri;
  bool wildcard = false;         // also for *.NAME and names below
  std::optional<Instant> until;  // whole seconds
  bool operator==(const PersistRecord&) const = default;
};

/// "_validation-persist.example.com", also for "*.example.com".
std::string persist_name(std::string_view identifier);

std::string to_text(const PersistRecord& record);
/// nullopt: a CA would not take it. Unknown parameters are passed over, as the draft wants it; one that is
/// there twice is refused.
std::optional<PersistRecord> parse_persist_record(std::string_view text);

/// What a CA must find.
struct PersistQuestion {
  std::string identifier;            // "*.example.com" needs policy=wildcard
  std::vector<std::string> issuers;  // what the challenge named: any of them will do
  /// Any of them will do; compared octet by octet, as the draft wants it. The first is the one to publish.
  std::vector<std::string> account_uris;
};

enum class PersistState { good, expires_soon, expired, other_account, no_wildcard, missing };
std::string_view to_string(PersistState state);

struct PersistJudgement {
  PersistState state = PersistState::missing;
  std::optional<Instant> until;  // of the best record
  std::string wanted;            // the record to publish where the state is not good
};

/// The best of the values found decides. `soon`: how long before its end a record is to be renewed.
PersistJudgement judge_persist(const std::vector<std::string>& values, const PersistQuestion& question,
                               Instant now, Duration soon);

}  // namespace certmgr
