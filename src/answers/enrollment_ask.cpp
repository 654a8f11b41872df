// SPDX-License-Identifier: MIT
#include "answers/enrollment_ask.h"

#include <algorithm>
#include <array>

#include "answers/body.h"

namespace certmgr::answers {

using nlohmann::ordered_json;

namespace {

struct TextKey {
  const char* name;
  std::string EnrollmentAsk::*member;
};

constexpr std::array kTextKeys{
    TextKey{"reason", &EnrollmentAsk::reason},        TextKey{"comment", &EnrollmentAsk::comment},
    TextKey{"request", &EnrollmentAsk::request_hash}, TextKey{"not_before", &EnrollmentAsk::not_before},
    TextKey{"not_after", &EnrollmentAsk::not_after},  TextKey{"until", &EnrollmentAsk::until}};
constexpr const char* kRevoke = "revoke";

}  // namespace

const std::vector<std::string_view>& changing_verbs() {
  static const std::vector<std::string_view> verbs{"approve", "deny",  "withdraw", "resume",      "accept",
                                                   "reject",  "await", "grant",    "revoke-grant"};
  return verbs;
}

ordered_json body_of(const EnrollmentAsk& ask) {
  auto body = ordered_json::object();
  for (const auto& key : kTextKeys)
    if (!(ask.*key.member).empty()) body[key.name] = ask.*key.member;
  if (ask.revoke) body[kRevoke] = true;
  return body;
}

namespace {

/// What a condition is empty for was probably an empty variable of a script.
bool may_be_empty(std::string_view name) { return name == "reason" || name == "comment"; }

}  // namespace

Result<EnrollmentAsk> ask_of(std::string verb, std::int64_t id, const std::string& body) {
  EnrollmentAsk ask;
  ask.verb = std::move(verb);
  ask.id = id;
  const auto document = read_body(body);
  if (!document) return fail(document.error());
  for (const auto& [name, value] : document->items()) {
    const auto key = std::find_if(kTextKeys.begin(), kTextKeys.end(),
                                  [&name = name](const TextKey& known) { return name == known.name; });
    if (key != kTextKeys.end()) {
      if (!value.is_string()) return bad_body("'" + name + "' is no string");
      ask.*key->member = value.get<std::string>();
      if ((ask.*key->member).empty() && !may_be_empty(name)) return bad_body("'" + name + "' is empty");
    } else if (name == kRevoke) {
      if (!value.is_boolean()) return bad_body("'" + name + "' is neither true nor false");
      ask.revoke = value.get<bool>();
    } else {
      return bad_body("there is no key '" + name + "'");
    }
  }
  return ask;
}

}  // namespace certmgr::answers
