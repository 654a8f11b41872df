// SPDX-License-Identifier: MIT
#include "adapters/notify/notice_document.h"

#include <nlohmann/json.hpp>

namespace certmgr::notify {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kLineMost = 500;
constexpr std::size_t kDetailMost = 8192;

/// A round through JSON replaces what is not UTF-8.
std::string utf8(const std::string& text) {
  const auto quoted = nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return nlohmann::json::parse(quoted).get<std::string>();
}

/// Not in the middle of a character.
std::string cut(std::string text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) --most;
  return text.substr(0, most) + "...";
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

std::string line(const std::string& text) {
  std::string clean = cut(utf8(text), kLineMost);
  for (char& c : clean)
    if (is_control(c)) c = ' ';
  return clean;
}

std::string lines(const std::string& text) {
  std::string clean = cut(utf8(text), kDetailMost);
  for (char& c : clean)
    if (is_control(c) && c != '\n' && c != '\t') c = ' ';
  return clean;
}

ordered_json alarm_view(const Alarm& alarm) {
  return {{"id", alarm.id},
          {"kind", to_string(alarm.draft.kind)},
          {"subject", alarm.draft.subject},
          {"text", alarm.draft.text},
          {"hint", alarm.draft.hint},
          {"detail", alarm.draft.detail},
          {"raised_at", to_rfc3339(alarm.raised_at)},
          {"cleared_at", alarm.cleared_at ? ordered_json(to_rfc3339(*alarm.cleared_at)) : ordered_json()}};
}

}  // namespace

Notice presentable(const Notice& notice) {
  Notice clean = notice;
  AlarmDraft& draft = clean.alarm.draft;
  draft.subject = line(draft.subject);
  draft.text = line(draft.text);
  draft.hint = line(draft.hint);
  draft.detail = lines(draft.detail);
  clean.host = line(clean.host);
  return clean;
}

std::string word_of(Notice::Message message) {
  switch (message) {
    case Notice::Message::raised:
      return "raised";
    case Notice::Message::recovered:
      return "recovered";
    case Notice::Message::test:
      break;
  }
  return "test";
}

std::string headline(const Notice& notice) {
  const AlarmDraft& draft = notice.alarm.draft;
  if (notice.message == Notice::Message::test) return notice.host + ": test: " + draft.text;
  const std::string what = std::string(to_string(draft.kind)) + " of " + draft.subject;
  if (notice.message == Notice::Message::recovered) return notice.host + ": recovered: " + what;
  return notice.host + ": " + what + ": " + draft.text;
}

std::string letter(const Notice& notice) {
  const AlarmDraft& draft = notice.alarm.draft;
  if (notice.message == Notice::Message::test) return draft.text + "\n";
  const bool over = notice.message == Notice::Message::recovered;
  std::string text;
  if (over) text += "This is over. It was:\n\n";
  text += draft.text + "\n\n";
  if (!over && !draft.hint.empty()) text += "What to do: " + draft.hint + "\n\n";
  text += "Alarm:    " + std::string(to_string(draft.kind)) + "\n";
  text += "Subject:  " + draft.subject + "\n";
  text += "Host:     " + notice.host + "\n";
  text += "Since:    " + to_rfc3339(notice.alarm.raised_at) + "\n";
  if (notice.alarm.cleared_at) text += "Until:    " + to_rfc3339(*notice.alarm.cleared_at) + "\n";
  if (!over && !draft.detail.empty()) text += "\nDetail:\n" + draft.detail + "\n";
  return text;
}

std::string document(const Notice& notice, Instant sent_at) {
  ordered_json view{{"version", 1},        {"message", word_of(notice.message)}, {"text", headline(notice)},
                    {"host", notice.host}, {"sent_at", to_rfc3339(sent_at)},     {"alarm", nullptr}};
  if (notice.message != Notice::Message::test) view["alarm"] = alarm_view(notice.alarm);
  return view.dump();
}

}  // namespace certmgr::notify
