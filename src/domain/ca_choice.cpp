// SPDX-License-Identifier: MIT
#include "certmgr/domain/ca_choice.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "certmgr/domain/retry.h"

namespace certmgr {
namespace {

constexpr Duration kShortestPatience = std::chrono::minutes(2);
/// As often as a person in front of a screen waits for it.
constexpr int kTriesInHaste = 3;
/// With less time left, a CA that could not verify control is not asked twice.
constexpr Duration kShortOfTime = std::chrono::days(7);
constexpr int kUnprovenTwice = 2;

std::vector<std::string> cas_of(const CertificateSpec& spec, const std::string& own) {
  std::vector<std::string> cas{own};
  for (const auto& ca : spec.fallback_cas.value_or(std::vector<std::string>{}))
    if (std::find(cas.begin(), cas.end(), ca) == cas.end()) cas.push_back(ca);
  return cas;
}

const std::string& own_ca(const Order& order) {
  return order.instead_of.empty() ? order.spec.ca : order.instead_of;
}

std::optional<Trouble> end_of(const Order& order) {
  if (const auto* failed = std::get_if<Failed>(&order.state)) return failed->trouble;
  if (const auto* kept = std::get_if<Quarantined>(&order.state)) return kept->trouble;
  return std::nullopt;
}

bool is_short_of_time(std::optional<Instant> needed_by, Instant now) {
  return !needed_by || *needed_by - now < kShortOfTime;
}

/// The failures before `last` and its own.
std::vector<CaFailure> failures_after(const Order& last) {
  std::vector<CaFailure> failures = last.failed_cas;
  const auto trouble = end_of(last);
  if (!trouble || !concerns_ca(*trouble)) return failures;
  // Nobody was there to be met, or there is another way to be met.
  if (is_unproven(*trouble) && (last.unattended || has_another_way(last))) return failures;
  const auto known = std::find_if(failures.begin(), failures.end(),
                                  [&](const CaFailure& failure) { return failure.ca == last.spec.ca; });
  if (known == failures.end()) {
    failures.push_back({last.spec.ca, 1, *trouble});
  } else {
    ++known->times;
    known->trouble = *trouble;
  }
  return failures;
}

bool is_given_up(const CaFailure& failure, bool short_of_time) {
  return !is_unproven(failure.trouble) || short_of_time || failure.times >= kUnprovenTwice;
}

CaChoice choose(const std::vector<std::string>& cas, const Order& last, Instant now) {
  CaChoice choice{cas.front(), failures_after(last), false};
  const bool short_of_time = is_short_of_time(last.needed_by, now);
  std::erase_if(choice.failed, [&](const CaFailure& failure) {
    return std::find(cas.begin(), cas.end(), failure.ca) == cas.end();
  });
  for (const auto& ca : cas) {
    const bool given_up = std::any_of(
        choice.failed.begin(), choice.failed.end(),
        [&](const CaFailure& failure) { return failure.ca == ca && is_given_up(failure, short_of_time); });
    if (given_up) continue;
    choice.ca = ca;
    return choice;
  }
  return {cas.front(), {}, true};
}

}  // namespace

bool concerns_ca(const Trouble& trouble) {
  static constexpr std::array<std::string_view, 17> kOfTheCa{
      "authorization_failed", "order_invalid",  "challenge_not_offered", "key_mismatch",
      "san_mismatch",         "chain_broken",   "not_valid_now",         "unknown_ca",
      "terms_not_agreed",     "eab_unusable",   "usage_mismatch",        "level_mismatch",
      "subject_mismatch",     "policy_missing", "validity_cap",          "order_expired",
      "validity_longer"};
  return trouble.code.starts_with("acme_") || trouble.code.starts_with("ca_") ||
         std::find(kOfTheCa.begin(), kOfTheCa.end(), trouble.code) != kOfTheCa.end();
}

Duration patience_with_ca(std::optional<Instant> needed_by, Instant now) {
  if (!needed_by) return kShortestPatience;
  return std::clamp<Duration>((*needed_by - now) / 24, kShortestPatience, std::chrono::days(1));
}

bool gives_way(const Order& troubled, Instant now) {
  const bool nothing_issued = std::holds_alternative<Approved>(troubled.state) ||
                              std::holds_alternative<Ordering>(troubled.state) ||
                              std::holds_alternative<Validating>(troubled.state);
  if (!nothing_issued || !troubled.last_trouble || !concerns_ca(*troubled.last_trouble)) return false;
  Order ended = troubled;
  ended.state = Failed{*troubled.last_trouble, {}};
  if (!has_another_ca(ended, now)) return false;
  if (troubled.last_trouble->kind != TroubleKind::transient) return true;
  const Duration patience = patience_with_ca(troubled.needed_by, now);
  const bool in_haste = patience <= kShortestPatience && troubled.attempts >= kTriesInHaste;
  return in_haste || troubled.wake_at - troubled.created_at >= patience;
}

CaChoice choose_ca(const CertificateSpec& wanted, const std::optional<Order>& last, Instant now) {
  const bool says_nothing = !last || !end_of(*last) || needs_new_order(*last, wanted);
  if (says_nothing) return {wanted.ca, {}, false};
  return choose(cas_of(wanted, wanted.ca), *last, now);
}

bool has_another_ca(const Order& ended, Instant now) {
  const auto trouble = end_of(ended);
  if (!trouble || !concerns_ca(*trouble)) return false;
  const CaChoice next = choose(cas_of(ended.spec, own_ca(ended)), ended, now);
  return !next.anew && next.ca != ended.spec.ca;
}

Trouble lightest_trouble(const Order& ended, const Trouble& own) {
  if (!needs_a_person(own)) return own;
  for (const auto& failure : ended.failed_cas)
    if (!needs_a_person(failure.trouble)) return failure.trouble;
  return own;
}

Order draft_order(const Certificate& certificate, const std::vector<std::string>& default_fallbacks,
                  const std::optional<Order>& last, Instant now) {
  Order order;
  order.certificate_id = certificate.id;
  order.spec = certificate.spec;
  if (!order.spec.fallback_cas) order.spec.fallback_cas = default_fallbacks;
  std::erase(*order.spec.fallback_cas, certificate.spec.ca);
  CaChoice choice = choose_ca(order.spec, last, now);
  if (choice.ca != certificate.spec.ca) {
    order.instead_of = certificate.spec.ca;
    // Its profiles are not those of the certificate's own CA.
    order.spec.profile.required = false;
  }
  order.spec.ca = choice.ca;
  order.failed_cas = std::move(choice.failed);
  // What one CA could not verify, another may.
  if (last && last->spec.ca == order.spec.ca) order.avoid = avoided_after(last);
  order.created_at = order.entered_at = order.wake_at = now;
  return order;
}

EventDraft opened_event(const Order& order) {
  EventDraft event{"order.approved", order.spec.label, {{"reason", order.reason}, {"ca", order.spec.ca}}};
  if (order.instead_of.empty()) return event;
  event.data["instead_of"] = order.instead_of;
  for (const auto& failure : order.failed_cas) {
    auto& why = event.data["because"];
    why += (why.empty() ? "" : "; ") + failure.ca + ": " + failure.trouble.message();
  }
  return event;
}

}  // namespace certmgr
