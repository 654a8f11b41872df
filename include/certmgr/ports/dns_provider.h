// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include "certmgr/domain/challenge.h"
#include "certmgr/domain/dns_challenge.h"
#include "certmgr/ports/hand_over.h"

namespace certmgr {

/// Code of the trouble (kind permanent) when a provider leaves this proof to another challenge type.
inline constexpr const char* kChallengeDeclined = "challenge_declined";

/// Puts TXT values into the DNS, and takes them out again. It never touches a value it was not given.
/// Thread-safe. All calls may be repeated, also by another process after this one was killed: a value that
/// is there already, or gone already, is no trouble. The records of one order come together where possible,
/// as some providers then need one exchange only.
class DnsProvider {
 public:
  virtual ~DnsProvider() = default;
  /// What the provider relies on; the records of one order then come to it like this.
  [[nodiscard]] virtual HandOver hand_over() const { return HandOver::each; }
  /// On trouble some of the records may be there: withdraw all of them. Returns when the provider has
  /// taken the values, which is before all name servers have them (Resolver::txt_everywhere).
  virtual Result<void> present(std::span<const TxtRecord> records) = 0;
  virtual Result<void> withdraw(std::span<const TxtRecord> records, ChallengeOutcome outcome) = 0;
};

}  // namespace certmgr
