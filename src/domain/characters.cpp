// SPDX-License-Identifier: MIT
#include "domain/characters.h"

#include <algorithm>
#include <array>
#include <string>

namespace certmgr {
namespace {

constexpr char32_t kNone = 0xffffffff;

/// Takes one code point off the front; kNone if what stands there is none.
char32_t take_code_point(std::string_view& text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = at(0);
  std::size_t length = 1;
  char32_t point = lead;
  char32_t least = 0;
  if (lead >= 0xf0 && lead <= 0xf4) {
    length = 4, point = lead & 0x07U, least = 0x10000;
  } else if (lead >= 0xe0 && lead < 0xf0) {
    length = 3, point = lead & 0x0fU, least = 0x800;
  } else if (lead >= 0xc2 && lead < 0xe0) {
    length = 2, point = lead & 0x1fU, least = 0x80;
  } else if (lead >= 0x80) {
    return kNone;
  }
  if (text.size() < length) return kNone;
  for (std::size_t i = 1; i < length; ++i) {
    if ((at(i) & 0xc0U) != 0x80) return kNone;
    point = (point << 6U) | (at(i) & 0x3fU);
  }
  text.remove_prefix(length);
  const bool surrogate = point >= 0xd800 && point <= 0xdfff;
  return point < least || point > 0x10ffff || surrogate ? kNone : point;
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return result;
}

}  // namespace

std::optional<std::size_t> count_characters(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count)
    if (take_code_point(text) == kNone) return std::nullopt;
  return count;
}

bool holds_control_characters(std::string_view text) {
  while (!text.empty()) {
    const char32_t point = take_code_point(text);
    if (point == kNone) return false;
    if (point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0x2028 || point == 0x2029) return true;
  }
  return false;
}

bool padded(std::string_view text) {
  constexpr std::string_view no_break_space = "\u00a0";
  return text.starts_with(' ') || text.ends_with(' ') || text.starts_with(no_break_space) ||
         text.ends_with(no_break_space);
}

bool is_placeholder(std::string_view text) {
  constexpr std::array<std::string_view, 19> words{"n/a",
                                                   "n.a.",
                                                   "n. a.",
                                                   "none",
                                                   "null",
                                                   "nil",
                                                   "unknown",
                                                   "not applicable",
                                                   "not available",
                                                   "not set",
                                                   "undefined",
                                                   "tbd",
                                                   "todo",
                                                   "placeholder",
                                                   "changeme",
                                                   "some-state",
                                                   "default city",
                                                   "default company ltd",
                                                   "internet widgits pty ltd"};
  if (text.empty()) return false;
  const bool says_something = std::any_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           static_cast<unsigned char>(c) >= 0x80;
  });
  return !says_something || std::find(words.begin(), words.end(), lower(text)) != words.end();
}

}  // namespace certmgr
