// SPDX-License-Identifier: MIT
#include "wiring/web_tokens.h"

#include "crypto/encoding.h"

namespace certmgr::wiring {
namespace {

constexpr std::size_t kOctets = 32;

std::string hash_of(std::string_view token) { return crypto::hex(crypto::sha256(crypto::as_bytes(token))); }

}  // namespace

NewToken new_token() {
  std::string token = crypto::base64url(crypto::random_bytes(kOctets));
  std::string hash = "sha256:" + hash_of(token);
  return {std::move(token), std::move(hash)};
}

Result<std::string> owner_of_token(const std::map<std::string, std::string>& owners, std::string_view token) {
  if (const auto found = owners.find(hash_of(token)); found != owners.end()) return found->second;
  return fail({.kind = TroubleKind::usage,
               .code = "bad_token",
               .what = "cannot tell who acts",
               .why = "nobody has this token",
               .hint = "certmgr token NAME makes one, and the line for [web.tokens] of the configuration"});
}

}  // namespace certmgr::wiring
