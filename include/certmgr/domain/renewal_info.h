// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "certmgr/domain/instant.h"
#include "certmgr/domain/order.h"
#include "certmgr/domain/trouble.h"

namespace certmgr {

/// RFC 9773 section 4.2: when the CA suggests to renew one certificate.
struct RenewalInfo {
  Instant window_start;  // before window_end
  Instant window_end;
  std::string explanation_url{};  // for people; empty: none
  bool operator==(const RenewalInfo&) const = default;
};

/// The CA's suggestion about a version, as it is kept.
struct SuggestedRenewal {
  std::int64_t version_id = 0;
  RenewalInfo info;
  Instant renew_at;  // chosen at random in the window, once for each window
  Instant seen_at;
  bool operator==(const SuggestedRenewal&) const = default;
};

/// What is kept after the CA said `info`. The moment that was chosen stays while the window does; `chance`
/// (0 <= x < 1) chooses another.
SuggestedRenewal take_suggestion(const std::optional<SuggestedRenewal>& known, std::int64_t version_id,
                                 const RenewalInfo& info, Instant now, double chance);

/// When the CA is to be asked again after an answer: when it said (Retry-After), but between a minute and a
/// day from now (RFC 9773 section 4.3); six hours where it said nothing. `jitter` (0 <= x < 1) spreads it by
/// up to a twentieth.
Instant next_renewal_info(std::optional<Instant> retry_after, Instant now, double jitter);

/// The same after it could not be asked, `failures` times in a row: one minute, doubled per failure, for what
/// may pass; six hours at most, and at once for what will not pass by itself.
Instant next_renewal_info(const Trouble& trouble, int failures, Instant now, double jitter);

/// The version an order for `spec` may name as the one it replaces (RFC 9773 section 5): the current one, if
/// it is ours at the same CA, shares a name, and no order of ours has taken its place at the CA. 0: none.
std::int64_t replaceable(const CertificateSpec& spec, const std::optional<Version>& current,
                         const std::optional<Order>& made_for, const std::optional<Order>& last);

/// Whether the CA may have refused an order because of what it replaces. Such an order is placed once more
/// without.
bool blames_replacement(const Trouble& trouble);

}  // namespace certmgr
