// SPDX-License-Identifier: MIT
#include "adapters/acme/problem.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <set>

#include "adapters/acme/wire.h"

namespace certmgr::acme {
namespace {

constexpr std::string_view kErrorPrefix = "urn:ietf:params:acme:error:";
constexpr std::size_t kDetailMost = 4096;
/// Of a CA that limits us and does not say for how long.
constexpr Duration kUnnamedLimit = std::chrono::minutes(10);

std::string type_of(const nlohmann::json& problem) {
  std::string type = text_of(problem, "type");
  if (type.starts_with(kErrorPrefix)) return type.substr(kErrorPrefix.size());
  return {};
}

std::string cut(std::string text) {
  if (text.size() > kDetailMost) text = text.substr(0, kDetailMost) + " ...";
  return text;
}

/// A log has one line for a trouble, and a CA may write many.
std::string in_one_line(const std::string& text) {
  std::string line;
  for (const char c : text) {
    const bool blank = static_cast<unsigned char>(c) <= ' ' || c == '\x7f';
    if (!blank) line += c;
    if (blank && !line.empty() && line.back() != ' ') line += ' ';
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

/// "www.example.com: CAA forbids it (caa); ..."
std::string subproblems_of(const nlohmann::json& problem) {
  std::string text;
  const auto list = problem.find("subproblems");
  if (list == problem.end() || !list->is_array()) return text;
  for (const auto& sub : *list) {
    if (!sub.is_object()) continue;
    if (!text.empty()) text += "; ";
    if (const auto id = sub.find("identifier"); id != sub.end() && id->is_object())
      text += text_of(*id, "value") + ": ";
    text += text_of(sub, "detail");
    if (const auto type = type_of(sub); !type.empty()) text += " (" + type + ")";
  }
  return text;
}

TroubleKind kind_of(const std::string& type) {
  static const std::set<std::string> passing{"rateLimited", "serverInternal", "badNonce", "orderNotReady"};
  static const std::set<std::string> settings{"externalAccountRequired", "invalidContact",
                                              "unsupportedContact", "badSignatureAlgorithm"};
  if (passing.contains(type)) return TroubleKind::transient;
  if (settings.contains(type)) return TroubleKind::configuration;
  return TroubleKind::permanent;
}

/// Boulder pauses an account for a name after very many failures in a row; a page lifts that.
bool is_pause(const std::string& type, const nlohmann::json& problem) {
  const auto detail = text_of(problem, "detail");
  return type == "rateLimited" &&
         (detail.find("temporarily prevented from requesting") != std::string::npos ||
          detail.find("paused") != std::string::npos);
}

/// The URL, if a person may be sent there; anything else the CA wrote stays in the detail.
std::string page_at(std::string url) {
  constexpr std::size_t most = 2048;
  const bool plain = std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  const bool page = url.starts_with("https://") || url.starts_with("http://");
  return plain && page && url.size() <= most ? std::move(url) : std::string();
}

/// The first https URL in a text, without the stop behind it.
std::string url_in(const std::string& text) {
  const auto begin = text.find("https://");
  if (begin == std::string::npos) return {};
  std::string url = text.substr(begin, text.find_first_of(" \t\r\n\"<>", begin) - begin);
  while (!url.empty() && (url.back() == '.' || url.back() == ',')) url.pop_back();
  return url;
}

std::string hint_of_pause(const nlohmann::json& problem) {
  const auto page = url_in(text_of(problem, "detail"));
  return (page.empty() ? "have the CA lift the pause" : "lift the pause at " + page) +
         ", then run 'certmgr renew LABEL': it is not tried again before";
}

std::string hint_for(const std::string& type, const nlohmann::json& problem) {
  if (type == "rateLimited") return "wait; the CA limits how much may be ordered";
  if (type == "caa")
    return "change the CAA records of the name so that they allow this CA, then run the command again";
  if (type == "dns") return "see that the name exists in the public DNS and that its zone answers";
  if (type == "connection")
    return "see that the CA can reach this host from the internet, on port 80 for http-01 and 443 for "
           "tls-alpn-01";
  if (type == "rejectedIdentifier")
    return "this CA will not certify this name: remove it, or choose another CA";
  if (type == "externalAccountRequired")
    return "get external account credentials from the CA and set eab_kid and eab_hmac_file in its [ca.NAME]";
  if (type == "userActionRequired") {
    const auto page = page_at(text_of(problem, "instance"));
    return page.empty() ? "see the CA's account pages for what it asks of you" : "visit " + page;
  }
  if (type == "invalidContact" || type == "unsupportedContact") return "use another address with --email";
  if (type == "badRevocationReason")
    return "this CA does not take that reason from you: use another one with --reason, or --reason "
           "unspecified; "
           "some CAs take keyCompromise only if the certificate's own key signs (--sign-with certificate)";
  if (type == "serverInternal") return "try again later; see the CA's status page";
  return "read the CA's reason above; run the command again once it is cured";
}

/// Of a problem that has a type and no word for people (RFC 8555 section 6.7).
std::string meaning_of(const std::string& type) {
  if (type == "connection") return "it could not connect there";
  if (type == "dns") return "the DNS did not tell it what it asked";
  if (type == "incorrectResponse") return "what it found there is not the proof";
  if (type == "tls") return "it met a TLS error there";
  return "the CA gives no reason";
}

}  // namespace

Trouble read_problem(const nlohmann::json& problem) {
  const std::string type = type_of(problem);
  Trouble trouble{.kind = kind_of(type), .code = type.empty() ? "ca_problem" : "acme_" + type};
  trouble.why = text_of(problem, "detail");
  if (trouble.why.empty()) trouble.why = text_of(problem, "title");
  if (trouble.why.empty()) trouble.why = meaning_of(type);
  if (!type.empty()) trouble.why += " (" + type + ")";
  if (const auto subs = subproblems_of(problem); !subs.empty()) trouble.why += ": " + subs;
  trouble.why = cut(in_one_line(trouble.why));
  trouble.hint = hint_for(type, problem);
  trouble.url = page_at(text_of(problem, "instance"));
  if (is_pause(type, problem)) {
    // Time alone does not end it.
    trouble.kind = TroubleKind::permanent;
    trouble.code = "ca_paused";
    trouble.hint = hint_of_pause(problem);
    trouble.url = page_at(url_in(text_of(problem, "detail")));
  }
  trouble.detail = cut(problem.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  return trouble;
}

std::optional<Instant> retry_after(const HttpResponse& response, Instant now) {
  const std::string value = response.header("retry-after");
  if (value.empty()) return std::nullopt;
  const Duration most = std::chrono::days(7);
  long long seconds = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (error == std::errc() && end == value.data() + value.size() && seconds >= 0) {
    const auto week = std::chrono::duration_cast<std::chrono::seconds>(most).count();
    return now + std::chrono::seconds(std::min<long long>(seconds, week));
  }
  const time_t date = curl_getdate(value.c_str(), nullptr);
  if (date < 0) return std::nullopt;
  const Instant at{std::chrono::seconds(date)};
  return std::min(std::max(at, now), now + most);
}

std::optional<Duration> clock_ahead_of(const std::string& date, Instant now) {
  const time_t sent = curl_getdate(date.c_str(), nullptr);
  if (sent < 0) return std::nullopt;
  return now - Instant{std::chrono::seconds(sent)};
}

bool is_bad_nonce(const HttpResponse& response) {
  if (response.status != 400) return false;
  const auto body = nlohmann::json::parse(response.body, nullptr, false);
  return body.is_object() && type_of(body) == "badNonce";
}

Trouble trouble_of(const HttpResponse& response, const std::string& ca_name, const std::string& url,
                   Instant now) {
  const auto body = nlohmann::json::parse(response.body, nullptr, false);
  const bool not_implemented = response.status == 501;
  const bool server_side = (response.status >= 500 && !not_implemented) || response.status == 429;
  Trouble trouble;
  if (body.is_object() && (body.contains("type") || body.contains("detail"))) {
    trouble = read_problem(body);
    if (server_side && trouble.code != "ca_paused") trouble.kind = TroubleKind::transient;
  } else {
    trouble.kind = server_side ? TroubleKind::transient : TroubleKind::permanent;
    trouble.code = server_side ? "ca_server_error" : "ca_protocol";
    trouble.why = "it answered HTTP status " + std::to_string(response.status) +
                  " without a problem document (" + url + ")";
    if (response.status >= 300 && response.status < 400) {
      trouble.why = "it answered with a redirect to '" + response.header("location").substr(0, 200) +
                    "', which ACME does not allow (" + url + ")";
    }
    trouble.hint = server_side ? "try again later; see the CA's status page"
                               : "see that the directory URL of the CA " + ca_name + " is right";
    trouble.detail = cut(response.body);
  }
  if (not_implemented) {
    // Whatever type of problem it wears: smallstep's CAs have it look like a name that is refused.
    trouble.kind = TroubleKind::permanent;
    trouble.code = "not_offered";
    trouble.hint = "this CA cannot do it, although its directory says so; nothing has changed";
  }
  trouble.what = "the CA " + ca_name + " refused a request";
  trouble.retry_at = retry_after(response, now);
  if (trouble.code == "acme_rateLimited" && !trouble.retry_at) trouble.retry_at = now + kUnnamedLimit;
  return trouble;
}

}  // namespace certmgr::acme
