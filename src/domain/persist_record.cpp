// SPDX-License-Identifier: MIT
#include "certmgr/domain/persist_record.h"

#include <algorithm>
#include <charconv>
#include <set>

namespace certmgr {
namespace {

constexpr std::size_t kLongest = 4096;

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return result;
}

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::optional<Instant> parse_until(std::string_view text) {
  std::int64_t seconds = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
  constexpr std::int64_t most = 253'402'300'799;  // the end of the year 9999
  if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size() || seconds < 0 ||
      seconds > most)
    return std::nullopt;
  return Instant(std::chrono::seconds(seconds));
}

/// False: the whole record is void.
bool take_parameter(PersistRecord& record, const std::string& tag, std::string_view value) {
  if (tag == "accounturi") {
    record.account_uri = value;
  } else if (tag == "policy") {
    record.wildcard = lower(value) == "wildcard";  // other policies are as good as none
  } else if (tag == "persistuntil") {
    record.until = parse_until(value);
    return record.until.has_value();
  }
  return true;
}

PersistState state_of(const PersistRecord& record, const PersistQuestion& question, Instant now,
                      Duration soon) {
  const bool ours =
      std::find(question.issuers.begin(), question.issuers.end(), record.issuer) != question.issuers.end();
  if (!ours) return PersistState::missing;
  const auto& accounts = question.account_uris;
  if (std::find(accounts.begin(), accounts.end(), record.account_uri) == accounts.end())
    return PersistState::other_account;
  if (question.identifier.starts_with("*.") && !record.wildcard) return PersistState::no_wildcard;
  if (!record.until) return PersistState::good;
  if (*record.until <= now) return PersistState::expired;
  return *record.until - now < soon ? PersistState::expires_soon : PersistState::good;
}

}  // namespace

std::optional<PersistDraft> parse_persist_draft(std::string_view text) {
  if (text == "00" || text == "01") return PersistDraft::draft_01;
  if (text == "02") return PersistDraft::draft_02;
  return std::nullopt;
}

std::string_view to_string(PersistDraft draft) { return draft == PersistDraft::draft_02 ? "02" : "01"; }

std::string persist_name(std::string_view identifier) {
  if (identifier.starts_with("*.")) identifier.remove_prefix(2);
  return "_validation-persist." + std::string(identifier);
}

std::string to_text(const PersistRecord& record) {
  std::string text = record.issuer + "; accounturi=" + record.account_uri;
  if (record.wildcard) text += "; policy=wildcard";
  if (record.until) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(record.until->time_since_epoch()).count();
    text += "; persistUntil=" + std::to_string(seconds);
  }
  return text;
}

std::optional<PersistRecord> parse_persist_record(std::string_view text) {
  if (text.size() > kLongest) return std::nullopt;
  PersistRecord record;
  auto rest = text;
  const auto take = [&rest] {
    const auto end = rest.find(';');
    const auto part = trim(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    return part;
  };
  record.issuer = lower(take());
  std::set<std::string> seen;
  while (!rest.empty()) {
    const auto part = take();
    if (part.empty()) continue;
    const auto equals = part.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string tag = lower(trim(part.substr(0, equals)));
    if (!seen.insert(tag).second) return std::nullopt;
    if (!take_parameter(record, tag, trim(part.substr(equals + 1)))) return std::nullopt;
  }
  if (record.issuer.empty() || record.account_uri.empty()) return std::nullopt;
  return record;
}

std::string_view to_string(PersistState state) {
  switch (state) {
    case PersistState::good:
      return "good";
    case PersistState::expires_soon:
      return "expires_soon";
    case PersistState::expired:
      return "expired";
    case PersistState::other_account:
      return "other_account";
    case PersistState::no_wildcard:
      return "no_wildcard";
    case PersistState::missing:
      return "missing";
  }
  return "unknown";
}

PersistJudgement judge_persist(const std::vector<std::string>& values, const PersistQuestion& question,
                               Instant now, Duration soon) {
  PersistJudgement best;
  for (const auto& value : values) {
    const auto record = parse_persist_record(value);
    if (!record) continue;
    const auto state = state_of(*record, question, now, soon);
    // The states are declared from the best to the worst; of two that end, the later end is better.
    const bool better = state < best.state ||
                        (state == best.state && best.until && record->until && *record->until > *best.until);
    if (better) best = {state, record->until, {}};
  }
  if (!question.issuers.empty() && !question.account_uris.empty())
    best.wanted = to_text(
        {question.issuers.front(), question.account_uris.front(), question.identifier.starts_with("*."), {}});
  return best;
}

}  // namespace certmgr
