// SPDX-License-Identifier: MIT
#include "certmgr/domain/renewal_info.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "certmgr/domain/retry.h"

namespace certmgr {
namespace {

constexpr Duration kAskedAtMostEvery = std::chrono::minutes(1);
constexpr Duration kAskedAtLeastEvery = std::chrono::hours(24);
constexpr Duration kWithoutWord = std::chrono::hours(6);  // RFC 9773 section 4.3.3, long-term errors

/// That part of `length`, 0 <= part < 1.
Duration share(Duration length, double part) {
  return Duration(static_cast<Duration::rep>(static_cast<double>(length.count()) * part));
}

Duration clamped(Duration pause) { return std::clamp(pause, kAskedAtMostEvery, kAskedAtLeastEvery); }

bool share_a_name(const CertificateSpec& a, const CertificateSpec& b) {
  return std::any_of(a.identifiers.begin(), a.identifiers.end(), [&](const Identifier& one) {
    return std::find(b.identifiers.begin(), b.identifiers.end(), one) != b.identifiers.end();
  });
}

}  // namespace

SuggestedRenewal take_suggestion(const std::optional<SuggestedRenewal>& known, std::int64_t version_id,
                                 const RenewalInfo& info, Instant now, double chance) {
  SuggestedRenewal kept{version_id, info, {}, now};
  const bool same_window =
      known && known->info.window_start == info.window_start && known->info.window_end == info.window_end;
  kept.renew_at =
      same_window ? known->renew_at : info.window_start + share(info.window_end - info.window_start, chance);
  return kept;
}

Instant next_renewal_info(std::optional<Instant> retry_after, Instant now, double jitter) {
  const Duration pause = retry_after ? clamped(*retry_after - now) : kWithoutWord;
  return now + pause + share(pause / 20, jitter);
}

Instant next_renewal_info(const Trouble& trouble, int failures, Instant now, double jitter) {
  if (trouble.retry_at) return now + clamped(*trouble.retry_at - now);
  Duration pause = kAskedAtMostEvery;
  if (trouble.kind != TroubleKind::transient) pause = kWithoutWord;
  for (int i = 1; i < failures && pause < kWithoutWord; ++i) pause *= 2;
  pause = std::min(pause, kWithoutWord);
  return now + pause + share(pause / 4, jitter);
}

std::int64_t replaceable(const CertificateSpec& spec, const std::optional<Version>& current,
                         const std::optional<Order>& made_for, const std::optional<Order>& last) {
  if (!current || !made_for) return 0;
  const auto* issued = std::get_if<Issued>(&made_for->state);
  if (issued == nullptr || issued->version_id != current->id) return 0;
  if (made_for->spec.ca != spec.ca || !share_a_name(made_for->spec, spec)) return 0;
  // The CA has issued in its place, though what came was of no use.
  if (last && last->replaces == current->id && std::holds_alternative<Quarantined>(last->state)) return 0;
  return current->id;
}

bool blames_replacement(const Trouble& trouble) {
  if (trouble.kind != TroubleKind::permanent) return false;
  // Refusals that have nothing to do with it (RFC 8555 section 6.7). All others may: CAs answer
  // alreadyReplaced, malformed, unauthorized, or what they like.
  static constexpr std::array<std::string_view, 10> kOthers{"acme_accountDoesNotExist",
                                                            "acme_badPublicKey",
                                                            "acme_caa",
                                                            "acme_dns",
                                                            "acme_invalidProfile",
                                                            "acme_rejectedIdentifier",
                                                            "acme_unsupportedIdentifier",
                                                            "acme_userActionRequired",
                                                            "profile_not_offered",
                                                            "validity_over"};
  return std::find(kOthers.begin(), kOthers.end(), trouble.code) == kOthers.end();
}

}  // namespace certmgr
