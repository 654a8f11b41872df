// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "certmgr/domain/trouble.h"

namespace certmgr::answers {

/// What somebody asks of an enrollment or a grant, whichever door it came through: the words of
/// `certmgr enrollment VERB`, before they are understood.
struct EnrollmentAsk {
  std::string verb{};    // "approve"
  std::int64_t id = 0;   // of the enrollment; of the grant for "revoke-grant"
  std::string reason{};  // of all verbs that want one
  std::string comment{};
  std::string request_hash{};                      // "approve": only if this is still what is requested
  std::string not_before{}, not_after{}, until{};  // "2027-01-31T12:00:00Z", or "30d" from now on
  bool revoke = false;                             // "reject": have the CA revoke it
  bool all = false;                                // "list": also those that have ended
  int limit = 100;                                 // "list"
  bool operator==(const EnrollmentAsk&) const = default;
};

inline constexpr int kMostListed = 10'000;
inline constexpr std::size_t kLongestText = 4000;  // octets of a reason or a comment, which stay for good

/// The verbs that change something, all about an enrollment but "revoke-grant".
const std::vector<std::string_view>& changing_verbs();

/// The body in which such an ask travels; what is not said is left out.
nlohmann::ordered_json body_of(const EnrollmentAsk& ask);
/// Reads one. Trouble (usage) "bad_body" for what is no JSON object, holds a key that no ask has, or a value
/// of another type: a misspelt condition must not be dropped in silence.
Result<EnrollmentAsk> ask_of(std::string verb, std::int64_t id, const std::string& body);

}  // namespace certmgr::answers
