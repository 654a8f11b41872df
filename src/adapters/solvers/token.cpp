// SPDX-License-Identifier: MIT
#include "adapters/solvers/token.h"

#include <algorithm>

namespace certmgr::solvers {
namespace {

constexpr std::size_t kLongest = 256;

bool base64url(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

}  // namespace

Result<void> check_token(const Proof& proof) {
  const auto& token = proof.token;
  if (!token.empty() && token.size() <= kLongest && std::all_of(token.begin(), token.end(), base64url))
    return {};
  return fail({.kind = TroubleKind::permanent,
               .code = "bad_token",
               .what = "cannot publish the http-01 proof for " + proof.identifier.value,
               .why = "the CA sent a token that is not base64url, or too long",
               .hint = "report it to the CA; nothing was written",
               .detail = {},
               .retry_at = {}});
}

}  // namespace certmgr::solvers
