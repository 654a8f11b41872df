// SPDX-License-Identifier: MIT
#include "answers/answer.h"

#include <array>
#include <utility>

namespace certmgr::answers {

using nlohmann::ordered_json;

namespace {

constexpr std::array kKinds{
    std::pair{TroubleKind::usage, "usage"},         std::pair{TroubleKind::configuration, "configuration"},
    std::pair{TroubleKind::transient, "transient"}, std::pair{TroubleKind::permanent, "permanent"},
    std::pair{TroubleKind::waiting, "waiting"},     std::pair{TroubleKind::store, "store"}};

ordered_json trouble_document(const Trouble& trouble) {
  std::string kind;
  for (const auto& [known, word] : kKinds)
    if (known == trouble.kind) kind = word;
  ordered_json document{{"kind", kind},       {"code", trouble.code}, {"what", trouble.what},
                        {"why", trouble.why}, {"hint", trouble.hint}, {"detail", trouble.detail},
                        {"url", trouble.url}};
  if (trouble.retry_at) document["retry_at"] = to_rfc3339(*trouble.retry_at);
  return document;
}

Trouble trouble_of(const ordered_json& document) {
  Trouble trouble;
  for (const auto& [kind, word] : kKinds)
    if (document.at("kind") == word) trouble.kind = kind;
  trouble.code = document.at("code");
  trouble.what = document.at("what");
  trouble.why = document.at("why");
  trouble.hint = document.at("hint");
  trouble.detail = document.at("detail");
  trouble.url = document.at("url");
  if (document.contains("retry_at"))
    trouble.retry_at = parse_rfc3339(document.at("retry_at").get<std::string>());
  return trouble;
}

}  // namespace

Answer answered(const std::function<Answer()>& work) {
  try {
    return work();
  } catch (const Failure& failure) {
    Answer refused;
    refused.trouble = failure.trouble();
    return refused;
  }
}

std::string sealed(const Answer& answer) {
  ordered_json document{{"document", answer.document}, {"text", answer.text}, {"waiting", answer.waiting}};
  if (answer.trouble) document["trouble"] = trouble_document(*answer.trouble);
  return document.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

Result<Answer> opened(const std::string& text) {
  try {
    const auto document = ordered_json::parse(text);
    Answer answer{document.at("document"), document.at("text"), document.at("waiting"), std::nullopt};
    if (document.contains("trouble")) answer.trouble = trouble_of(document.at("trouble"));
    return answer;
  } catch (const ordered_json::exception&) {
    return fail({.kind = TroubleKind::permanent,
                 .code = "bad_answer",
                 .what = "cannot read what the daemon answered",
                 .why = "it is not what a daemon of this version says",
                 .hint = "restart the daemon after an upgrade"});
  }
}

ordered_json error_document(const Trouble& trouble, ordered_json known) {
  known["error"] = {{"code", trouble.code},
                    {"message", trouble.message()},
                    {"hint", trouble.hint},
                    {"detail", trouble.detail}};
  if (trouble.retry_at) known["error"]["retry_at"] = to_rfc3339(*trouble.retry_at);
  return known;
}

}  // namespace certmgr::answers
