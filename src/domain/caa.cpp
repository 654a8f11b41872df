// SPDX-License-Identifier: MIT
#include "certmgr/domain/caa.h"

#include <algorithm>
#include <array>
#include <optional>

namespace certmgr {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) { return lower(c); });
  return result;
}
bool alphanumeric(char c) { return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z'); }
bool blank(char c) { return c == ' ' || c == '\t'; }

std::string_view trim(std::string_view text) {
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

/// Takes what stands before the next `separator` off `rest`.
std::string_view take(std::string_view& rest, char separator) {
  const auto end = rest.find(separator);
  const auto part = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return part;
}

/// (ALPHA / DIGIT) *( *("-") (ALPHA / DIGIT))
bool is_label(std::string_view text) {
  return !text.empty() && alphanumeric(text.front()) && alphanumeric(text.back()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return alphanumeric(c) || c == '-'; });
}

bool is_domain(std::string_view text) {
  while (true) {
    const auto dot = text.find('.');
    if (!is_label(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

std::optional<std::pair<std::string, std::string>> parse_parameter(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  const auto tag = trim(text.substr(0, equals));
  const auto value = trim(text.substr(equals + 1));
  const bool good = !tag.empty() && std::all_of(tag.begin(), tag.end(), alphanumeric) &&
                    std::all_of(value.begin(), value.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  if (!good) return std::nullopt;
  return std::pair(lower(tag), std::string(value));
}

std::vector<std::string> values_of(const CaaIssuer& issuer, std::string_view tag) {
  std::vector<std::string> values;
  for (const auto& [name, value] : issuer.parameters)
    if (name == tag) values.push_back(value);
  return values;
}

bool account_fits(const CaaIssuer& issuer, const std::string& account) {
  const auto uris = values_of(issuer, "accounturi");
  if (uris.empty()) return true;
  return uris.size() == 1 && (account.empty() ? !uris.front().empty() : uris.front() == account);
}

bool method_fits(const CaaIssuer& issuer, const std::string& method) {
  const auto lists = values_of(issuer, "validationmethods");
  if (lists.empty()) return true;
  if (lists.size() > 1) return false;
  bool found = method.empty();
  for (std::string_view rest = lists.front(); !rest.empty();) {
    const auto word = take(rest, ',');
    if (!is_label(word)) return false;
    found = found || word == method;
  }
  return found && !lists.front().empty();
}

/// RFC 8659 section 4.3: issuewild, where there is any, is all that counts for a wildcard.
std::vector<CaaIssuer> issuers_for(const CaaSet& found, bool wildcard) {
  const auto is = [](std::string_view tag) {
    return [tag](const CaaRecord& record) { return record.tag == tag; };
  };
  const bool wild = wildcard && std::any_of(found.records.begin(), found.records.end(), is("issuewild"));
  std::vector<CaaIssuer> issuers;
  for (const auto& record : found.records)
    if (is(wild ? "issuewild" : "issue")(record)) issuers.push_back(parse_caa_issuer(record.value));
  return issuers;
}

const CaaRecord* unknown_critical(const CaaSet& found) {
  constexpr std::array<std::string_view, 7> known = {"issue",    "issuewild",    "iodef",       "issuemail",
                                                     "issuevmc", "contactemail", "contactphone"};
  for (const auto& record : found.records)
    if (record.critical() && std::find(known.begin(), known.end(), record.tag) == known.end()) return &record;
  return nullptr;
}

std::string as_written(const CaaSet& found) {
  std::string text;
  for (const auto& record : found.records) {
    std::string value = record.value;
    for (char& c : value)
      if (c < 0x20 || c > 0x7e) c = '?';
    text += (text.empty() ? "" : "\n") + found.found_at + ". CAA " + std::to_string(record.flags) + " " +
            record.tag + " \"" + value + "\"";
  }
  return text;
}

tl::unexpected<Trouble> forbid(const CaaSet& found, const CaaQuestion& question, std::string why,
                               std::string hint) {
  return fail({.kind = TroubleKind::permanent,
               .code = "caa_forbids",
               .what = "the CAA records of " + found.found_at + " do not let this CA issue for " +
                       question.identifier,
               .why = std::move(why),
               .hint = std::move(hint),
               .detail = as_written(found)});
}

}  // namespace

CaaIssuer parse_caa_issuer(std::string_view value) {
  CaaIssuer issuer;
  std::string_view rest = value;
  const auto domain = trim(take(rest, ';'));
  if (!domain.empty() && !is_domain(domain)) return issuer;
  while (!trim(rest).empty()) {
    const auto text = trim(take(rest, ';'));
    // "; ;" and a last ";" are found in the field, and readers of this take them.
    if (text.empty()) continue;
    auto parameter = parse_parameter(text);
    if (!parameter) return issuer;
    issuer.parameters.push_back(std::move(*parameter));
  }
  issuer.domain = lower(domain);
  issuer.well_formed = true;
  return issuer;
}

Result<void> judge_caa(const CaaSet& found, const CaaQuestion& question) {
  if (const auto* record = unknown_critical(found))
    return forbid(found, question, "the property '" + record->tag + "' is critical, and CAs do not know it",
                  "remove the record, or its critical flag");
  const bool wildcard = question.identifier.starts_with("*.");
  const auto issuers = issuers_for(found, wildcard);
  if (issuers.empty()) return {};

  const std::string name = question.ca_names.empty() ? "CA-NAME" : question.ca_names.front();
  bool named = false;
  bool account = false;
  for (const auto& issuer : issuers) {
    const bool ours =
        issuer.well_formed && std::any_of(question.ca_names.begin(), question.ca_names.end(),
                                          [&](const std::string& ca) { return lower(ca) == issuer.domain; });
    if (!ours || issuer.domain.empty()) continue;
    named = true;
    if (!account_fits(issuer, question.account_url)) continue;
    account = true;
    if (method_fits(issuer, question.method)) return {};
  }
  if (!named)
    return forbid(
        found, question, "none of them names it (" + name + ")",
        "add: " + found.found_at + ". CAA 0 " + (wildcard ? "issuewild" : "issue") + " \"" + name + "\"");
  if (!account)
    return forbid(found, question, "they allow other accounts than " + question.account_url,
                  "correct accounturi in the record that names " + name);
  return forbid(found, question, "they do not allow the method " + question.method,
                "add it to validationmethods, or use another challenge");
}

}  // namespace certmgr
