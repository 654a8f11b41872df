// SPDX-License-Identifier: MIT
#include "web/enrollment_pages.h"

#include <httplib.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <tuple>
#include <vector>

#include "answers/certificate_answers.h"
#include "answers/enrollment_answers.h"

namespace certmgr::web {
namespace {

using answers::Answer;
using answers::EnrollmentAsk;

constexpr const char* kJson = "application/json";
constexpr std::size_t kMostParts = 3;
constexpr const char* kRequest = "request";  // the verb that is about no enrollment there is

enum Status : int {
  kOk = 200,
  kBad = 400,
  kNobody = 401,
  kForbidden = 403,
  kNotFound = 404,
  kMethod = 405,
  kConflict = 409,
  kTooMany = 429,
  kUnavailable = 503
};

std::optional<std::int64_t> number_of(const std::string& text) {
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc() && read.ptr == text.data() + text.size() ? std::optional(number)
                                                                         : std::nullopt;
}

}  // namespace

/// One page of ours, and by which method it is reached.
struct EnrollmentPages::Page {
  std::string verb;
  std::int64_t id = 0;
  bool changes = false;
};

namespace {

/// The parts of "/v1/a/b"; no regular expression, whose depth would grow with what somebody sends.
std::vector<std::string> parts_of(std::string_view path) {
  std::vector<std::string> parts;
  path.remove_prefix(EnrollmentPages::kRoot.size());
  for (std::size_t slash = 0; slash != std::string_view::npos && parts.size() <= kMostParts;) {
    slash = path.find('/');
    parts.emplace_back(path.substr(0, slash));
    if (slash != std::string_view::npos) path.remove_prefix(slash + 1);
  }
  return parts;
}

/// `requests`: nothing that is there is in another state than the asker thought, but for these codes.
int status_of(const Answer& answer, bool requests) {
  if (!answer.trouble) return kOk;
  const auto& [kind, code] = std::tie(answer.trouble->kind, answer.trouble->code);
  if (kind == TroubleKind::configuration && requests) return kBad;  // what is asked for is not configured
  if (code == "conflict") return kConflict;
  if (code == "too_many_requests") return kTooMany;
  if (kind != TroubleKind::usage) return kUnavailable;
  if (code == "not_permitted" || code == "self_approval_forbidden") return kForbidden;
  if (code == "unknown_enrollment" || code == "unknown_grant") return kNotFound;
  const bool late = code == "enrollment_open" || code == "certificate_in_use" || code == "wrong_state";
  if (requests) return late ? kConflict : kBad;
  return code.starts_with("bad_") || code == "not_at_the_door" ? kBad : kConflict;
}

void send(const httplib::Request& request, httplib::Response& response, int status, const Answer& answer) {
  response.status = status;
  response.set_header("Cache-Control", "no-store");
  if (request.get_header_value("Accept") == kSealedType) {
    response.status = kOk;  // what came of it is in the answer
    return response.set_content(answers::sealed(answer), kSealedType);
  }
  const auto document =
      answer.trouble ? answers::error_document(*answer.trouble, answer.document) : answer.document;
  response.set_content(document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n",
                       kJson);
}

Answer refusal(std::string code, std::string what, std::string why, std::string hint) {
  Answer answer;
  answer.trouble = Trouble{.kind = TroubleKind::usage,
                           .code = std::move(code),
                           .what = std::move(what),
                           .why = std::move(why),
                           .hint = std::move(hint)};
  return answer;
}

Answer refusal(const Trouble& trouble) {
  Answer answer;
  answer.trouble = trouble;
  return answer;
}

Answer refusal_to_revoke(std::int64_t id) {
  return refusal("not_at_the_door", "cannot reject enrollment " + std::to_string(id) + " with --revoke",
                 "to revoke is to ask the CA, and nobody waits for it here",
                 "reject it without; then root runs 'certmgr revoke LABEL --version N --reason superseded'");
}

Result<EnrollmentAsk> ask_of(const std::string& verb, std::int64_t id, bool changes,
                             const httplib::Request& request) {
  if (changes) return answers::ask_of(verb, id, request.body);
  EnrollmentAsk ask;
  ask.verb = verb;
  ask.id = id;
  ask.all = request.get_param_value("all") == "1";
  if (request.has_param("limit"))
    ask.limit = static_cast<int>(std::clamp<std::int64_t>(
        number_of(request.get_param_value("limit")).value_or(0), 0, answers::kMostListed + 1));
  return ask;
}

/// Case does not matter in the name of a scheme (RFC 9110 section 11.1).
std::string_view token_in(std::string_view header) {
  constexpr std::string_view kBearer = "bearer ";
  if (header.size() < kBearer.size()) return {};
  for (std::size_t i = 0; i < kBearer.size(); ++i)
    if (std::tolower(static_cast<unsigned char>(header[i])) != kBearer[i]) return {};
  return header.substr(kBearer.size());
}

}  // namespace

std::optional<EnrollmentPages::Page> EnrollmentPages::page_of(const std::string& path, bool posted) {
  const auto parts = parts_of(path);
  if (parts.size() > kMostParts) return std::nullopt;
  const bool grants = parts[0] == "grants";
  if (!grants && parts[0] != "enrollments") return std::nullopt;
  if (parts.size() == 1 && !grants) return posted ? Page{kRequest, 0, true} : Page{"list"};
  if (parts.size() == 1) return std::nullopt;
  const auto id = number_of(parts[1]);
  if (!id || *id <= 0) return std::nullopt;
  const std::string verb = parts.size() == kMostParts ? parts[2] : std::string();
  if (grants) return verb == "revoke" ? std::optional(Page{"revoke-grant", *id, true}) : std::nullopt;
  if (parts.size() == 2) return Page{"show", *id};
  if (verb == "history") return Page{"history", *id};
  const auto& verbs = answers::changing_verbs();
  const bool known = std::find(verbs.begin(), verbs.end(), verb) != verbs.end();
  return known && verb != "revoke-grant" ? std::optional(Page{verb, *id, true}) : std::nullopt;
}

/// Nothing where the response is the answer already.
std::optional<EnrollmentPages::Page> EnrollmentPages::admitted(const httplib::Request& request,
                                                               httplib::Response& response, const By& by) {
  const auto refused = [&](int status, const Answer& answer) {
    send(request, response, status, answer);
    return std::optional<Page>();
  };
  if (!by) return refused(kNobody, refusal(by.error()));
  if (by->roles.empty())
    return refused(kForbidden, refusal("not_permitted", by->person + " may do nothing here",
                                       by->person + " has no role in [roles]",
                                       "ask somebody who has; certmgr's configuration gives them"));
  auto page = has(request.path) ? page_of(request.path, request.method == "POST") : std::nullopt;
  if (!page)
    return refused(kNotFound, refusal("no_such_page", "cannot answer " + request.path,
                                      "there is no such page", "docs/enrollments.md has those there are"));
  if (request.method != (page->changes ? "POST" : "GET")) {
    response.set_header("Allow", page->changes ? "POST" : page->verb == "list" ? "GET, POST" : "GET");
    return refused(kMethod, refusal("bad_method", "cannot " + request.method + " " + request.path,
                                    page->changes ? "it changes something" : "it changes nothing",
                                    page->changes ? "use POST" : "use GET"));
  }
  // What a page of another site could have a browser send is none.
  if (page->changes && !request.get_header_value("Content-Type").starts_with(kJson))
    return refused(kBad, refusal("bad_body", "cannot read what is asked", "it is not sent as JSON",
                                 "Content-Type: application/json"));
  return page;
}

void EnrollmentPages::answer(const httplib::Request& request, httplib::Response& response,
                             const By& by) const {
  const auto page = admitted(request, response, by);
  if (!page) return;
  const Answer answer = done(*page, request, *by);
  if (page->changes) changed_();
  send(request, response, status_of(answer, page->verb == kRequest), answer);
}

Answer EnrollmentPages::done(const Page& page, const httplib::Request& request,
                             const enrollment::Actor& by) const {
  if (page.verb == kRequest) {
    const auto ask = answers::certificate_ask_of(request.body);
    return ask ? answers::request_certificate(app_, by, *ask) : refusal(ask.error());
  }
  const auto ask = ask_of(page.verb, page.id, page.changes, request);
  if (!ask) return refusal(ask.error());
  if (ask->revoke) return refusal_to_revoke(page.id);
  return answers::carry_out(app_, by, *ask, progress_);
}

EnrollmentPages::By EnrollmentPages::peer(const httplib::Request& request) const {
  if (const auto uid = peer_of(request)) return app_.actor_with_uid(*uid);
  return fail({.kind = TroubleKind::usage,
               .code = "unknown_person",
               .what = "cannot tell who acts",
               .why = "the kernel does not name the user",
               .hint = "a daemon in a user namespace sees nobody: remove PrivateUsers= from its unit"});
}

EnrollmentPages::By EnrollmentPages::owner(const httplib::Request& request,
                                           httplib::Response& response) const {
  auto by = app_.actor_with_token(token_in(request.get_header_value("Authorization")));
  if (!by) response.set_header("WWW-Authenticate", "Bearer realm=\"certmgr\"");
  return by;
}

void EnrollmentPages::answer_peer(const httplib::Request& request, httplib::Response& response) const {
  answer(request, response, peer(request));
}

void EnrollmentPages::answer_token(const httplib::Request& request, httplib::Response& response) const {
  answer(request, response, owner(request, response));
}

bool EnrollmentPages::takes_body_of_peer(const httplib::Request& request, httplib::Response& response) const {
  return admitted(request, response, peer(request)).has_value();
}

bool EnrollmentPages::takes_body_with_token(const httplib::Request& request,
                                            httplib::Response& response) const {
  return admitted(request, response, owner(request, response)).has_value();
}

}  // namespace certmgr::web
