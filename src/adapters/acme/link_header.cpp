// SPDX-License-Identifier: MIT
#include "adapters/acme/link_header.h"

#include <algorithm>
#include <sstream>
#include <string_view>

namespace certmgr::acme {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Where the next separator outside of quotation marks stands, or the end.
std::size_t end_of_part(std::string_view text, char separator) {
  bool in_quotes = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (in_quotes && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      in_quotes = !in_quotes;
    } else if (text[i] == separator && !in_quotes) {
      return i;
    }
  }
  return text.size();
}

/// Whether the parameters `;rel="up next"` hold the relation.
bool relates(std::string_view parameters, const std::string& relation) {
  while (!parameters.empty()) {
    parameters.remove_prefix(1);
    const auto end = end_of_part(parameters, ';');
    const auto parameter = trimmed(parameters.substr(0, end));
    parameters.remove_prefix(end);
    const auto equals = parameter.find('=');
    if (equals == std::string_view::npos || trimmed(parameter.substr(0, equals)) != "rel") continue;
    std::string words(trimmed(parameter.substr(equals + 1)));
    std::erase(words, '"');
    std::istringstream list(words);
    for (std::string word; list >> word;)
      if (word == relation) return true;
  }
  return false;
}

}  // namespace

std::string link_target(const HttpResponse& response, const std::string& relation) {
  const auto headers = response.headers.find("link");
  if (headers == response.headers.end()) return {};
  for (const auto& header : headers->second) {
    std::string_view left = trimmed(header);
    while (left.starts_with('<')) {
      const auto close = left.find('>');
      if (close == std::string_view::npos) break;
      std::string target(left.substr(1, close - 1));
      left.remove_prefix(close + 1);
      const auto end = end_of_part(left, ',');
      const auto parameters = trimmed(left.substr(0, end));
      if (parameters.starts_with(';') && relates(parameters, relation) && target.starts_with("https://"))
        return target;
      left.remove_prefix(end);
      if (!left.empty()) left.remove_prefix(1);
      left = trimmed(left);
    }
  }
  return {};
}

}  // namespace certmgr::acme
