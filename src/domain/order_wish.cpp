// SPDX-License-Identifier: MIT
#include "certmgr/domain/order_wish.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "certmgr/domain/nearest.h"
#include "domain/order_wish_check.h"
#include "domain/overloaded.h"

namespace certmgr {
namespace {

using Seconds = std::chrono::seconds;

constexpr std::array<std::pair<char, Seconds>, 4> kUnits{{{'d', std::chrono::days(1)},
                                                          {'h', std::chrono::hours(1)},
                                                          {'m', std::chrono::minutes(1)},
                                                          {'s', Seconds(1)}}};
constexpr Seconds kLongest = std::chrono::days(3650);

std::optional<Seconds> parse_length(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  long long count = 0;
  const char* end = text.data() + text.size() - 1;
  const auto [stop, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc() || stop != end || count < 0) return std::nullopt;
  for (const auto& [unit, length] : kUnits) {
    if (unit != text.back()) continue;
    if (count > kLongest / length) return std::nullopt;
    return length * count;
  }
  return std::nullopt;
}

/// What a CA takes has no fractions of a second.
Instant moment_of(const ValidityBound& bound, Instant now) {
  const Instant at = std::visit(
      overloaded{[](Instant fixed) { return fixed; }, [&](Duration after) { return now + after; }}, bound);
  return std::chrono::floor<Seconds>(at);
}

tl::unexpected<Trouble> validity_over(const CertificateSpec& spec, std::string why) {
  return fail({.kind = TroubleKind::permanent,
               .code = "validity_over",
               .what = "cannot order " + spec.label,
               .why = std::move(why),
               .hint = "give the certificate another end: certmgr issue ... --label " + spec.label +
                       " --not-after 30d"});
}

}  // namespace

Result<std::string> profile_to_send(const CertificateSpec& spec, const CaMeta& meta) {
  const auto& [name, required] = spec.profile;
  if (name.empty() || meta.profiles.contains(name)) return name;
  if (!required) return std::string();
  std::vector<std::string> offered;
  offered.reserve(meta.profiles.size());
  std::string list;
  for (const auto& [known, description] : meta.profiles) {
    offered.push_back(known);
    list += (list.empty() ? "" : ", ") + known;
  }
  const auto near = nearest(name, offered);
  return fail({.kind = TroubleKind::permanent,
               .code = "profile_not_offered",
               .what = "cannot order " + spec.label + " from " + spec.ca,
               .why = "the CA has no profile '" + name + "'; it offers " + (list.empty() ? "none" : list),
               .hint = near ? "did you mean '" + *near + "'?"
                            : "see 'certmgr ca show " + spec.ca +
                                  "'; use --preferred-profile to do without it where it is not offered"});
}

Result<NewOrder> wish_of(const CertificateSpec& spec, const CaMeta& meta, Instant now) {
  auto profile = profile_to_send(spec, meta);
  if (!profile) return fail(std::move(profile.error()));
  NewOrder wish{.identifiers = spec.identifiers, .profile = std::move(*profile)};
  if (meta.subdomains_allowed) wish.ancestor_domain = spec.ancestor_domain;
  if (spec.not_before) {
    const Instant from = moment_of(*spec.not_before, now);
    if (from > now) wish.not_before = from;  // once it has come, it has been kept
  }
  if (!spec.not_after) return wish;
  wish.not_after = moment_of(*spec.not_after, now);
  if (*wish.not_after <= now)
    return validity_over(spec, "it was to end at " + to_rfc3339(*wish.not_after) + ", which has passed");
  if (wish.not_before && *wish.not_after <= *wish.not_before)
    return validity_over(spec, "it would end at " + to_rfc3339(*wish.not_after) + ", before it begins");
  return wish;
}

Trouble refused_wish(Trouble refusal, const NewOrder& wanted) {
  if (refusal.kind != TroubleKind::permanent) return refusal;
  if (refusal.code == "acme_invalidProfile") {
    refusal.hint = wanted.profile.empty() ? "name a profile: see 'certmgr ca show CA', then --profile NAME"
                                          : "the CA may not let this account have it; choose another profile";
    return refusal;
  }
  const bool asked = wanted.not_before || wanted.not_after;
  // RFC 8555 names no type for it: malformed and rejectedIdentifier are in use.
  if (!asked || (refusal.code != "acme_malformed" && refusal.code != "ca_problem" &&
                 refusal.code != "acme_unsupportedValidity" && refusal.code != "acme_serverInternal"))
    return refusal;
  refusal.code = "validity_refused";
  refusal.hint =
      "most CAs do not take a validity that is asked for: leave --not-before and --not-after out, or choose "
      "a "
      "profile";
  return refusal;
}

std::optional<Trouble> profile_unconfirmed(const CertificateSpec& spec, const CaOrder& seen) {
  const auto& [name, required] = spec.profile;
  if (name.empty() || !required || seen.profile == name) return std::nullopt;
  return Trouble{
      .kind = TroubleKind::permanent,
      .code = "profile_unconfirmed",
      .what = "cannot order " + spec.label + " from " + spec.ca,
      .why = "the profile '" + name + "' was asked for, and the order " +
             (seen.profile.empty() ? std::string("names none") : "has the profile '" + seen.profile + "'"),
      .hint = "ask the CA; --preferred-profile " + name + " takes what it gives"};
}

Trouble refused_at_finalize(Trouble refusal, const CertificateSpec& spec) {
  const bool asked = spec.not_before || spec.not_after;
  if (asked && refusal.code == "acme_serverInternal")
    refusal.hint =
        "it may be that the CA does not give the validity that was asked for: try without --not-before and "
        "--not-after";
  return refusal;
}

Instant judged_at(const CertificateSpec& spec, const ChainFacts& facts, Instant now) {
  if (!spec.not_before) return now;
  const auto* moment = std::get_if<Instant>(&*spec.not_before);
  const Instant asked = moment != nullptr ? *moment : now + std::get<Duration>(*spec.not_before);
  return facts.not_before <= asked ? std::max(now, facts.not_before) : now;
}

Result<ValidityBound> parse_validity_bound(const std::string& text) {
  if (const auto length = parse_length(text)) return ValidityBound(Duration(*length));
  if (const auto moment = parse_rfc3339(text)) return ValidityBound(*moment);
  return fail({.kind = TroubleKind::usage,
               .code = "bad_validity",
               .what = "cannot use the validity '" + text + "'",
               .why = "it is neither a length of time nor a moment",
               .hint = "write 30d, 12h or 90m after the order, or a moment as 2027-01-31T12:00:00Z"});
}

std::string to_string(const ValidityBound& bound) {
  if (const auto* moment = std::get_if<Instant>(&bound)) return to_rfc3339(*moment);
  const auto seconds = std::chrono::duration_cast<Seconds>(std::get<Duration>(bound));
  for (const auto& [unit, length] : kUnits)
    if (seconds % length == Seconds(0)) return std::to_string(seconds / length) + unit;
  return std::to_string(seconds.count()) + "s";
}

}  // namespace certmgr
