// SPDX-License-Identifier: MIT
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>

#include "certmgr/domain/renewal.h"
#include "certmgr/domain/retry.h"

namespace certmgr {
namespace {

/// An open order wakes the renewal when it ends. Should that ever be missed, this is when we look again.
constexpr Duration kLookAtOpenOrder = std::chrono::hours(1);

/// A version is not replaced right after it came, whatever its dates say: the clock here and that of the CA
/// may be sixty days apart, and every new certificate would be due at once.
constexpr Duration kKeptAtLeast = std::chrono::hours(1);

/// From 0 to 1, as evenly as the digits of a SHA-256.
double share_of(const std::string& fingerprint) {
  constexpr std::size_t kDigits = 8;
  std::uint32_t number = 0;
  const auto length = std::min(kDigits, fingerprint.size());
  std::from_chars(fingerprint.data(), fingerprint.data() + length, number, 16);
  return number / (static_cast<double>(std::numeric_limits<std::uint32_t>::max()) + 1);
}

Duration life_of(const Version& version) {
  return std::max(Duration::zero(), version.not_after - version.not_before);
}

Instant kept_until(const Version& version) {
  return version.created_at + std::min(kKeptAtLeast, life_of(version) / 10);
}

/// The version's dates, and a renewal time that stays the same for as long as the version and what the CA
/// suggests for it do.
void adopt_version(Renewal& renewal, const RenewalFacts& facts) {
  if (!facts.version) {
    renewal.not_after.reset();
    renewal.renew_at.reset();
    return;
  }
  renewal.renew_at = renewal_time(*facts.version, facts.suggested, facts.terms);
  if (facts.lead > Duration::zero())
    renewal.renew_at = std::max(*renewal.renew_at - facts.lead, kept_until(*facts.version));
  renewal.not_after = facts.version->not_after;
}

/// What the newest order that has ended says. Each is judged once.
void judge_order(Renewal& renewal, const RenewalFacts& facts, Instant now, double jitter) {
  if (facts.last_order == 0 || facts.last_order == renewal.judged_order) return;
  renewal.judged_order = facts.last_order;
  renewal.state = RenewalState::fresh;
  if (facts.last_issued) {
    renewal.failures = 0;
    renewal.trouble.reset();
    return;
  }
  if (facts.withdrawn || !facts.last_trouble) return;
  renewal.trouble = facts.last_trouble;
  if (facts.unattended) return;
  ++renewal.failures;
  if (needs_a_person(*facts.last_trouble)) {
    renewal.state = RenewalState::parked;
    renewal.wake_at = now + kLongestRetry;
    return;
  }
  renewal.state = RenewalState::failing;
  renewal.wake_at = next_order(renewal.failures, *facts.last_trouble, renewal.not_after, now, jitter);
}

bool is_wanted(const Renewal& renewal, const RenewalFacts& facts, Instant now) {
  return !facts.version || facts.revoked || !facts.fits || !renewal.renew_at || *renewal.renew_at <= now;
}

}  // namespace

Instant renewal_time(const Version& version) {
  const Duration life = life_of(version);
  const Duration most = std::min<Duration>(life / 100, std::chrono::hours(6));
  const double share = share_of(version.fingerprint);
  const Instant due = renewal_time(version.not_before, version.not_after) +
                      Duration(static_cast<Duration::rep>(static_cast<double>(most.count()) * share));
  return std::max(due, kept_until(version));
}

Instant renewal_time(const Version& version, const std::optional<SuggestedRenewal>& suggested,
                     const RenewalTerms& terms) {
  // A new one would end at the same moment.
  if (terms.fixed_end && version.not_after >= *terms.fixed_end) return version.not_after;
  if (!suggested || suggested->version_id != version.id) return renewal_time(version);
  const Instant latest = terms.decided ? renewal_time(version) : version.not_after - life_of(version) / 24;
  return std::max(std::min(suggested->renew_at, latest), kept_until(version));
}

RenewalTerms renewal_terms(const CertificateSpec& spec) { return {fixed_end(spec), is_enrolled(spec)}; }

std::string_view to_string(RenewalState state) {
  switch (state) {
    case RenewalState::unseen:
      return "new";
    case RenewalState::fresh:
      return "fresh";
    case RenewalState::ordering:
      return "ordering";
    case RenewalState::failing:
      return "failing";
    case RenewalState::parked:
      return "parked";
  }
  return "new";
}

std::optional<RenewalState> parse_renewal_state(std::string_view text) {
  for (const auto state : {RenewalState::unseen, RenewalState::fresh, RenewalState::ordering,
                           RenewalState::failing, RenewalState::parked})
    if (to_string(state) == text) return state;
  return std::nullopt;
}

RenewalStep look_after(Renewal renewal, const RenewalFacts& facts, Instant now, double jitter) {
  adopt_version(renewal, facts);
  judge_order(renewal, facts, now, jitter);
  if (facts.order_open) {
    renewal.state = RenewalState::ordering;
    renewal.wake_at = now + kLookAtOpenOrder;
    return {std::move(renewal), NothingToOrder{}};
  }
  if (facts.retired && !facts.changed) {
    // Only its owner ends that, by a change of the certificate or an order. Until then nobody waits for it.
    renewal.state = RenewalState::fresh;
    renewal.not_after.reset();
    renewal.renew_at.reset();
    renewal.wake_at = now + kLongestRetry;
    return {std::move(renewal), NothingToOrder{}};
  }
  if (!is_wanted(renewal, facts, now)) {
    renewal.state = RenewalState::fresh;
    renewal.wake_at = *renewal.renew_at;
    return {std::move(renewal), NothingToOrder{}};
  }
  const bool respec = facts.changed;
  const bool waits = renewal.state == RenewalState::failing && renewal.wake_at > now;
  if (!respec && (waits || renewal.state == RenewalState::parked)) {
    // Parked: only a person's change or order ends it. We look once a day, so that the alarms stay true.
    if (renewal.state == RenewalState::parked) renewal.wake_at = now + kLongestRetry;
    return {std::move(renewal), NothingToOrder{}};
  }
  renewal.state = RenewalState::ordering;
  renewal.wake_at = now + kLookAtOpenOrder;
  return {std::move(renewal), OpenOrder{facts.version ? "renew" : "issue"}};
}

}  // namespace certmgr
