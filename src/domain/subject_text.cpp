// SPDX-License-Identifier: MIT
#include "domain/subject_text.h"

#include <array>
#include <string>
#include <utility>

namespace certmgr {
namespace {

/// Runs of spaces, the no-break space among them, become one; those at the ends go.
std::string fold_spaces(std::string_view text) {
  constexpr std::string_view no_break_space = "\u00a0";
  std::string folded;
  bool gap = false;
  while (!text.empty()) {
    std::size_t width = 0;
    if (text.front() == ' ' || text.front() == '\t') width = 1;
    if (text.starts_with(no_break_space)) width = no_break_space.size();
    if (width != 0) {
      gap = true;
      text.remove_prefix(width);
      continue;
    }
    if (gap && !folded.empty()) folded += ' ';
    gap = false;
    folded += text.front();
    text.remove_prefix(1);
  }
  return folded;
}

/// Full forms and what registers and CAs write instead. The longer ones come first.
constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kLegalForms{{
    {" gesellschaft mit beschränkter haftung ", " gmbh "},
    {" limited liability partnership ", " llp "},
    {" limited liability company ", " llc "},
    {" public limited company ", " plc "},
    {" aktiengesellschaft ", " ag "},
    {" société anonyme ", " sa "},
    {" incorporated ", " inc "},
    {" corporation ", " corp "},
    {" limited ", " ltd "},
    {" company ", " co "},
}};

/// Without capitals, points and commas, and with legal forms abbreviated.
std::string loosen(const std::string& folded) {
  std::string loose = " ";
  for (const char c : folded)
    if (c != '.' && c != ',') loose += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  loose += ' ';
  for (const auto& [full, brief] : kLegalForms)
    for (auto at = loose.find(full); at != std::string::npos; at = loose.find(full, at))
      loose.replace(at, full.size(), brief);
  return loose;
}

}  // namespace

TextLikeness compare_subject_texts(std::string_view asked, std::string_view found) {
  const std::string left = fold_spaces(asked);
  const std::string right = fold_spaces(found);
  if (left == right) return TextLikeness::same;
  return loosen(left) == loosen(right) ? TextLikeness::similar : TextLikeness::other;
}

}  // namespace certmgr
