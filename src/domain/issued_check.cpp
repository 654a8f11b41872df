// SPDX-License-Identifier: MIT
#include "certmgr/domain/issued_check.h"

#include <algorithm>
#include <iterator>

namespace certmgr {
namespace {

/// CAs backdate certificates by minutes to an hour; a certificate from further in our future means
/// that our clock is wrong.
constexpr auto kClockSlack = std::chrono::minutes(5);
/// By so much the life may be longer than it was asked for: an hour of it lies before the order, and some CAs
/// let what lives for days begin and end with a day.
Duration tolerance(Duration life) {
  return life > std::chrono::days(2) ? std::chrono::hours(26) : std::chrono::hours(2);
}

Trouble wrong(std::string code, std::string why, std::string hint) {
  return {.kind = TroubleKind::permanent,
          .code = std::move(code),
          .what = "the CA returned a certificate that is not the one ordered, it is not used",
          .why = std::move(why),
          .hint = std::move(hint)};
}

std::vector<Identifier> missing(const std::vector<Identifier>& from, const std::vector<Identifier>& in) {
  std::vector<Identifier> rest;
  std::set_difference(from.begin(), from.end(), in.begin(), in.end(), std::back_inserter(rest));
  return rest;
}

std::string name_difference(const ChainFacts& found, const Expectation& expected) {
  std::string text;
  if (const auto lost = missing(expected.identifiers, found.identifiers); !lost.empty())
    text += "missing " + join(lost);
  if (const auto extra = missing(found.identifiers, expected.identifiers); !extra.empty())
    text += (text.empty() ? "" : "; ") + std::string("not ordered: ") + join(extra);
  for (const auto& san : found.other_sans)
    text += (text.empty() ? "" : "; ") + std::string("not ordered: ") + san;
  return text;
}

/// How long a life was asked for, if both ends were counted from the order.
std::optional<Duration> asked_life(const Expectation& expected) {
  if (!expected.not_after) return std::nullopt;
  const auto* until = std::get_if<Duration>(&*expected.not_after);
  if (until == nullptr) return std::nullopt;
  const auto* from = expected.not_before ? std::get_if<Duration>(&*expected.not_before) : nullptr;
  return from == nullptr ? *until : *until - *from;
}

}  // namespace

Expectation expectation_of(const CertificateSpec& spec, std::string spki_sha256) {
  return {std::move(spki_sha256), spec.identifiers, spec.not_before, spec.not_after};
}

std::string outlives(const ChainFacts& found, const Expectation& expected) {
  const auto life = std::chrono::duration_cast<Duration>(found.not_after - found.not_before);
  if (const auto most = asked_life(expected)) {
    if (life <= *most + tolerance(*most)) return {};
    // Both ends belong to it (RFC 5280 section 4.1.2.5).
    return "it is valid for " + humanize(life + std::chrono::seconds(1)) + ", and " + humanize(*most) +
           " were asked for";
  }
  const auto* until = expected.not_after ? std::get_if<Instant>(&*expected.not_after) : nullptr;
  if (until == nullptr || found.not_after <= *until + tolerance(life)) return {};
  return "it is valid until " + to_rfc3339(found.not_after) + ", and " + to_rfc3339(*until) +
         " was asked for";
}

std::optional<Trouble> judge_issued(const ChainFacts& found, const Expectation& expected, Instant now) {
  const std::string tell = "report this to the CA; order again with 'certmgr issue' or choose another CA";
  if (found.spki_sha256 != expected.spki_sha256)
    return wrong("key_mismatch", "it was made for another key than ours", tell);
  if (const auto difference = name_difference(found, expected); !difference.empty())
    return wrong("san_mismatch", "its names are not the ordered ones (" + difference + ")", tell);
  if (found.broken_link) return wrong("chain_broken", "its chain does not link: " + *found.broken_link, tell);
  if (found.not_before > now + kClockSlack)
    return wrong("not_valid_now",
                 "it becomes valid at " + to_rfc3339(found.not_before) + ", and it is " + to_rfc3339(now),
                 "check this machine's clock (timedatectl), then order again");
  if (found.not_after <= now)
    return wrong("not_valid_now",
                 "it expired at " + to_rfc3339(found.not_after) + ", and it is " + to_rfc3339(now),
                 "check this machine's clock (timedatectl), then order again");
  return std::nullopt;
}

}  // namespace certmgr
