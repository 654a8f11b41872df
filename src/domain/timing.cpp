// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <string_view>

#include "certmgr/domain/renewal.h"
#include "certmgr/domain/retry.h"

namespace certmgr {
namespace {

/// Somewhere in the upper half of `delay`.
Duration spread(Duration delay, double jitter) {
  const auto half = delay.count() / 2;
  return Duration(half + static_cast<Duration::rep>(static_cast<double>(delay.count() - half) * jitter));
}

}  // namespace

Instant renewal_time(Instant not_before, Instant not_after) {
  const Duration life = not_after - not_before;
  if (life <= Duration::zero()) return not_before;
  const bool short_lived = life < std::chrono::days(10);
  return not_before + (short_lived ? life / 2 : life * 2 / 3);
}

Duration poll_delay(const Patience& patience, int polls_so_far) {
  Duration delay = patience.poll_first;
  for (int i = 0; i < polls_so_far && delay < patience.poll_most; ++i) delay *= 2;
  return std::min(delay, patience.poll_most);
}

Duration retry_delay(int attempts, double jitter, Duration most) {
  Duration delay = std::chrono::seconds(1);
  for (int i = 1; i < attempts && delay < most; ++i) delay *= 2;
  return spread(std::min(delay, most), jitter);
}

Duration longest_retry(std::optional<Instant> needed_by, Instant now) {
  if (!needed_by) return kLongestRetry;
  const Duration left = *needed_by - now;
  if (left <= Duration::zero()) return std::chrono::hours(1);
  return std::clamp(left / 48, Duration(std::chrono::minutes(5)), kLongestRetry);
}

bool needs_a_person(const Trouble& trouble) {
  // Words of RFC 8555 section 6.7, and our own.
  static constexpr std::array<std::string_view, 32> kParked{
      "acme_caa",
      "acme_rejectedIdentifier",
      "acme_unsupportedIdentifier",
      "acme_badCSR",
      "acme_badPublicKey",
      "acme_badSignatureAlgorithm",
      "acme_userActionRequired",
      "acme_externalAccountRequired",
      "acme_invalidContact",
      "acme_unsupportedContact",
      "terms_not_agreed",
      "ca_paused",
      "unknown_ca",
      "eab_unusable",
      "account_key_unusable",
      "challenge_not_offered",
      "profile_not_offered",
      "profile_unconfirmed",
      "acme_invalidProfile",
      "validity_refused",
      "validity_over",
      "key_missing",
      "key_mismatch",
      "san_mismatch",
      "chain_broken",
      "usage_mismatch",
      "level_mismatch",
      "subject_mismatch",
      "policy_missing",
      "validity_cap",
      "validity_longer",
      "bug",
  };
  return std::find(kParked.begin(), kParked.end(), trouble.code) != kParked.end();
}

bool is_silence(const Trouble& trouble) {
  static constexpr std::array<std::string_view, 6> kSilent{"ca_unreachable",      "ca_no_answer",
                                                           "ca_server_error",     "ca_untrusted",
                                                           "channel_unreachable", "channel_no_answer"};
  return std::find(kSilent.begin(), kSilent.end(), trouble.code) != kSilent.end();
}

bool is_unproven(const Trouble& trouble) {
  static constexpr std::array<std::string_view, 5> kUnproven{"authorization_failed", "order_invalid",
                                                             "acme_connection", "acme_unauthorized",
                                                             "acme_incorrectResponse"};
  return std::find(kUnproven.begin(), kUnproven.end(), trouble.code) != kUnproven.end();
}

Instant next_order(int failures, const Trouble& trouble, std::optional<Instant> needed_by, Instant now,
                   double jitter) {
  if (trouble.retry_at) return std::max(*trouble.retry_at, now);
  const Duration most = longest_retry(needed_by, now);
  Duration delay = std::chrono::minutes(5);
  for (int i = 1; i < failures && delay < most; ++i) delay *= 2;
  return now + spread(std::min(delay, most), jitter);
}

Instant alarm_time(Instant not_before, Instant not_after) {
  return std::max(not_before, not_after - (not_after - not_before) / 6);
}

}  // namespace certmgr
