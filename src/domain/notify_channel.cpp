// SPDX-License-Identifier: MIT
#include "certmgr/domain/notify_channel.h"

#include <algorithm>

namespace certmgr {
namespace {

bool is_visible(char c) { return c > 0x20 && c < 0x7f; }
/// A backslash is a slash to some readers of URLs and not to others.
bool is_url_character(char c) { return is_visible(c) && c != '\\'; }

/// The authority of a URL, without its scheme: "127.0.0.1:8080".
std::string_view authority_of(std::string_view rest) { return rest.substr(0, rest.find_first_of("/?#")); }

bool is_this_machine(std::string_view authority) {
  for (const std::string_view host : {"127.0.0.1", "[::1]", "localhost"}) {
    if (!authority.starts_with(host)) continue;
    const auto port = authority.substr(host.size());
    if (port.empty()) return true;
    if (port.size() > 1 && port.front() == ':' &&
        port.find_first_not_of("0123456789", 1) == std::string_view::npos)
      return true;
  }
  return false;
}

}  // namespace

bool is_mail_address(std::string_view text) {
  const auto at = text.find('@');
  if (text.size() > 254 || at == 0 || at == std::string_view::npos || at + 1 == text.size()) return false;
  if (text.find('@', at + 1) != std::string_view::npos || text.front() == '-') return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_visible(c) && std::string_view("<>()[]\\,;:\"").find(c) == std::string_view::npos;
  });
}

std::optional<std::string> why_no_webhook(std::string_view url) {
  if (!std::all_of(url.begin(), url.end(), is_url_character)) return "holds a character that no URL has";
  constexpr std::string_view https = "https://";
  constexpr std::string_view http = "http://";
  const bool secure = url.starts_with(https);
  if (!secure && !url.starts_with(http)) return "is no https URL";
  const auto authority = authority_of(url.substr(secure ? https.size() : http.size()));
  if (authority.empty()) return "names no host";
  if (authority.find('@') != std::string_view::npos) return "holds a user name or password";
  if (!secure && !is_this_machine(authority)) return "would send the message unencrypted over the network";
  return std::nullopt;
}

}  // namespace certmgr
