// SPDX-License-Identifier: MIT
#include "certmgr/domain/issued_check.h"

#include <algorithm>
#include <iterator>

namespace certmgr {
namespace {

/// CAs backdate certificates by minutes to an hour; a certificate from further in our future means
/// that our clock is wrong.
constexpr auto kClockSlack = std::chrono::minutes(5);

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

}  // namespace

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
