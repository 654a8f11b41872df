// SPDX-License-Identifier: MIT
#include "answers/body.h"

#include <set>

namespace certmgr::answers {

using nlohmann::ordered_json;

tl::unexpected<Trouble> bad_body(const std::string& why) {
  return fail(
      {.kind = TroubleKind::usage,
       .code = "bad_body",
       .what = "cannot read what is asked",
       .why = why,
       .hint = R"(send a JSON object, for example {"reason": "..."}; docs/enrollments.md has the keys)"});
}

Result<ordered_json> read_body(const std::string& text) {
  if (text.empty()) return ordered_json::object();
  std::set<std::string> seen;
  bool twice = false;
  const auto note = [&](int depth, ordered_json::parse_event_t event, ordered_json& parsed) {
    if (event == ordered_json::parse_event_t::key && depth == 1)
      twice = !seen.insert(parsed.get<std::string>()).second || twice;
    return true;
  };
  auto document = ordered_json::parse(text, note, false);
  if (twice) return bad_body("a key is there twice");
  if (!document.is_object()) return bad_body("the body is no JSON object");
  return document;
}

}  // namespace certmgr::answers
