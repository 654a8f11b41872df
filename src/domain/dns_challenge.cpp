// SPDX-License-Identifier: MIT
#include "certmgr/domain/dns_challenge.h"

#include <algorithm>

namespace certmgr {
namespace {

constexpr std::size_t kLongestToken = 256;
constexpr std::size_t kLongestKeyAuthorization = 512;
constexpr std::size_t kLongestValue = 255;  // one string of a TXT record
constexpr std::size_t kDigestLength = 43;   // base64url of 32 octets
constexpr std::string_view kPrefix = "_acme-challenge.";

bool base64url(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool is_base64url(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), base64url);
}

/// TOKEN "." THUMBPRINT
bool is_key_authorization(std::string_view text, std::string_view token) {
  return text.size() <= kLongestKeyAuthorization && text.size() > token.size() + 1 &&
         text.starts_with(token) && text[token.size()] == '.' && is_base64url(text.substr(token.size() + 1));
}

tl::unexpected<Trouble> refuse(std::string_view identifier, std::string why) {
  return fail({.kind = TroubleKind::permanent,
               .code = "bad_dns_challenge",
               .what = "cannot make the DNS proof for " + std::string(identifier),
               .why = std::move(why),
               .hint = "report it to the CA; nothing was published"});
}

Result<TxtRecord> record_at(const std::string& prefix, std::string_view identifier, std::string_view token,
                            std::string_view key_authorization, std::string_view digest) {
  if (identifier.starts_with("*.")) identifier.remove_prefix(2);
  TxtRecord record;
  record.identifier = identifier;
  record.name = prefix + record.identifier;
  record.target = record.name;
  record.value = digest;
  record.token = token;
  record.key_authorization = key_authorization;
  if (auto good = check(record); !good) return fail(good.error());
  if (digest.size() != kDigestLength) return refuse(identifier, "its digest is not that of a SHA-256");
  return record;
}

}  // namespace

Result<void> check(const TxtRecord& record) {
  for (const auto* name : {&record.identifier, &record.name, &record.target})
    if (const auto parsed = parse_dns_name(*name); !parsed || *parsed != *name)
      return parsed ? refuse(*parsed, "a name is not in lower case without a dot at its end")
                    : Result<void>(fail(parsed.error()));
  if (record.value.size() > kLongestValue || !is_base64url(record.value))
    return refuse(record.identifier, "the value is not base64url, or too long");
  if (record.token.size() > kLongestToken || !is_base64url(record.token))
    return refuse(record.identifier, "the CA sent a token that is not base64url, or too long");
  if (!is_key_authorization(record.key_authorization, record.token))
    return refuse(record.identifier, "the key authorization is not TOKEN.THUMBPRINT");
  return {};
}

Result<TxtRecord> dns01_record(std::string_view identifier, std::string_view token,
                               std::string_view key_authorization, std::string_view digest) {
  return record_at(std::string(kPrefix), identifier, token, key_authorization, digest);
}

std::string account_label(const std::array<std::uint8_t, 32>& account_digest) {
  constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz234567";  // RFC 4648 section 6
  constexpr std::size_t octets = 10;                                         // 16 letters without a rest
  std::string label = "_";
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (std::size_t i = 0; i < octets; ++i) {
    bits = (bits << 8U) | account_digest[i];
    count += 8;
    while (count >= 5) {
      count -= 5;
      label.push_back(alphabet[(bits >> count) & 0x1FU]);
    }
  }
  return label;
}

Result<TxtRecord> dns_account01_record(std::string_view identifier, std::string_view token,
                                       std::string_view key_authorization, std::string_view digest,
                                       const std::array<std::uint8_t, 32>& account_digest) {
  return record_at(account_label(account_digest) + "." + std::string(kPrefix), identifier, token,
                   key_authorization, digest);
}

TxtRecord delegated(TxtRecord record, const CnameChain& chain) {
  record.target = chain.target();
  return record;
}

}  // namespace certmgr
