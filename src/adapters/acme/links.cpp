// SPDX-License-Identifier: MIT
#include "adapters/acme/links.h"

#include <algorithm>

namespace certmgr::acme {
namespace {

constexpr std::size_t kLongestUrl = 2048;

/// rel="next" or rel=next among the parameters behind the URL.
bool has_relation(std::string_view parameters, std::string_view relation) {
  const std::string bare = "rel=" + std::string(relation);
  const std::string quoted = "rel=\"" + std::string(relation) + "\"";
  if (parameters.find(quoted) != std::string_view::npos) return true;
  const auto position = parameters.find(bare);
  if (position == std::string_view::npos) return false;
  const auto end = position + bare.size();
  return end == parameters.size() || parameters[end] == ';' || parameters[end] == ',' ||
         parameters[end] == ' ';
}

}  // namespace

std::vector<std::string> links_of(const HttpResponse& response, std::string_view relation, std::size_t most) {
  std::vector<std::string> urls;
  const auto headers = response.headers.find("link");
  if (headers == response.headers.end()) return urls;
  for (const std::string& header : headers->second) {
    // One header may hold several links: <a>;rel="x", <b>;rel="y".
    std::string_view rest = header;
    while (urls.size() < most) {
      const auto open = rest.find('<');
      const auto close = rest.find('>', open == std::string_view::npos ? 0 : open);
      if (open == std::string_view::npos || close == std::string_view::npos) break;
      const std::string url(rest.substr(open + 1, close - open - 1));
      rest.remove_prefix(close + 1);
      const auto parameters = rest.substr(0, rest.find('<'));
      const bool usable = url.starts_with("https://") && url.size() <= kLongestUrl;
      if (usable && has_relation(parameters, relation) &&
          std::find(urls.begin(), urls.end(), url) == urls.end())
        urls.push_back(url);
    }
  }
  return urls;
}

}  // namespace certmgr::acme
