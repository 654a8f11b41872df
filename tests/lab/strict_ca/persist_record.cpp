// SPDX-License-Identifier: MIT
#include "lab/strict_ca/persist_record.h"

#include <algorithm>
#include <charconv>
#include <map>

namespace certmgr::lab::strict {
namespace {

struct Record {
  std::string issuer;
  std::map<std::string, std::string> parameters;
};

std::string trimmed(const std::string& text) {
  const auto from = text.find_first_not_of(" \t");
  return from == std::string::npos ? std::string()
                                   : text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

/// The issue-value of RFC 8659 section 4.2; nullopt for what is none.
std::optional<Record> parsed(const std::string& text) {
  Record record;
  std::size_t from = text.find(';');
  record.issuer = trimmed(text.substr(0, from));
  while (from != std::string::npos) {
    const auto to = text.find(';', from + 1);
    const std::string piece = trimmed(text.substr(from + 1, to == std::string::npos ? to : to - from - 1));
    from = to;
    if (piece.empty()) continue;
    const auto sign = piece.find('=');
    if (sign == std::string::npos) return std::nullopt;
    if (!record.parameters.emplace(trimmed(piece.substr(0, sign)), trimmed(piece.substr(sign + 1))).second)
      return std::nullopt;  // the same parameter twice
  }
  return record;
}

bool names_account(const std::string& uri, const ProofTask& task) {
  if (task.persist_draft == PersistDraft::account_url) return uri == task.account_url;
  return std::any_of(task.thumbprints.begin(), task.thumbprints.end(), [&](const std::string& thumbprint) {
    return uri == hashed_account_uri(task.account_hash_prefix, task.identifier.value, thumbprint,
                                     task.account_url) ||
           uri == hashed_account_uri(task.account_hash_prefix, "*", thumbprint, task.account_url);
  });
}

std::optional<Problem> fault_of_end(const std::string& text, Moment now) {
  long long seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size())
    return Problem{.type = "malformed", .detail = "persistUntil is not a number"};
  if (std::chrono::system_clock::from_time_t(seconds) <= now)
    return problems::unauthorized("the record's persistUntil is over");
  return std::nullopt;
}

}  // namespace

std::string hashed_account_uri(const std::string& prefix, const std::string& domain,
                               const std::string& thumbprint, const std::string& account_url) {
  const std::string length(1, static_cast<char>(domain.size()));
  return prefix + "sha-256/" + base64url(sha256(length + domain + thumbprint + account_url));
}

std::optional<Problem> fault_of_record(const std::string& text, const ProofTask& task, Moment now) {
  const auto record = parsed(text);
  if (!record) return Problem{.type = "malformed", .detail = "not an issue-value: " + text};
  const auto& names = task.issuer_names;
  if (std::find(names.begin(), names.end(), record->issuer) == names.end())
    return problems::unauthorized("the record is for the CA " + record->issuer);
  const auto uri = record->parameters.find("accounturi");
  if (uri == record->parameters.end()) return Problem{.type = "malformed", .detail = "no accounturi"};
  if (!names_account(uri->second, task)) return problems::unauthorized("the record is for another account");
  if (task.wildcard) {
    const auto policy = record->parameters.find("policy");
    std::string value = policy == record->parameters.end() ? std::string() : policy->second;
    std::transform(value.begin(), value.end(), value.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (value != "wildcard") return problems::unauthorized("the record has no policy=wildcard");
  }
  const auto end = record->parameters.find("persistUntil");
  return end == record->parameters.end() ? std::nullopt : fault_of_end(end->second, now);
}

}  // namespace certmgr::lab::strict
