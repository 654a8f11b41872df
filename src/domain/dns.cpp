// SPDX-License-Identifier: MIT
#include "certmgr/domain/dns.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace certmgr {
namespace {

constexpr std::size_t kLongestLabel = 63;
constexpr std::size_t kLongestName = 253;

bool allowed_in_label(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

std::optional<std::string> label_problem(std::string_view label) {
  if (label.empty()) return "has an empty label";
  if (label.size() > kLongestLabel) return "has a label of more than 63 characters";
  if (label.front() == '-') return "has a label that begins with a hyphen";
  if (!std::all_of(label.begin(), label.end(), allowed_in_label))
    return "holds a character other than letters, digits, '-' and '_'";
  return std::nullopt;
}

/// For messages: what came from outside must not control a terminal.
std::string printable(std::string_view text) {
  std::string safe(text.substr(0, kLongestName));
  for (char& c : safe)
    if (c < 0x20 || c > 0x7e) c = '?';
  return safe;
}

tl::unexpected<Trouble> bad_host_port(std::string_view text) {
  return fail({.kind = TroubleKind::configuration,
               .code = "bad_dns_server",
               .what = "cannot use the name server '" + printable(text) + "'",
               .why = "it is no host with a port from 1 to 65535",
               .hint = "write it as 192.0.2.1, 192.0.2.1:5353 or [2001:db8::1]:53"});
}

}  // namespace

Result<std::string> parse_dns_name(std::string_view text) {
  std::string name(text);
  if (name.ends_with('.')) name.pop_back();
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  std::optional<std::string> problem;
  if (name.size() > kLongestName) problem = "is longer than 253 characters";
  std::string_view rest = name;
  while (!problem) {
    const auto dot = rest.find('.');
    problem = label_problem(rest.substr(0, dot));
    if (dot == std::string_view::npos) break;
    rest.remove_prefix(dot + 1);
  }
  if (!problem) return name;
  return fail({.kind = TroubleKind::permanent,
               .code = "bad_dns_name",
               .what = "cannot use the DNS name '" + printable(text) + "'",
               .why = "it " + *problem,
               .hint = "use letters, digits, '-' and '_', with dots between the labels"});
}

std::string_view parent_name(std::string_view name) {
  const auto dot = name.find('.');
  return dot == std::string_view::npos ? std::string_view() : name.substr(dot + 1);
}

bool is_within(std::string_view name, std::string_view zone) {
  if (zone.empty() || name == zone) return true;
  return name.size() > zone.size() && name.ends_with(zone) && name[name.size() - zone.size() - 1] == '.';
}

std::string DnsServer::text() const {
  const bool v6 = address.find(':') != std::string::npos;
  return (v6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

Result<HostPort> parse_host_port(std::string_view text) {
  HostPort result;
  std::string_view port;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return bad_host_port(text);
    result.host = text.substr(1, end - 1);
    port = text.substr(end + 1);
    if (!port.empty() && !port.starts_with(':')) return bad_host_port(text);
  } else if (std::count(text.begin(), text.end(), ':') == 1) {
    result.host = text.substr(0, text.find(':'));
    port = text.substr(text.find(':'));
  } else {
    result.host = text;
  }
  const bool v6 = result.host.find(':') != std::string::npos;
  const bool good = std::all_of(result.host.begin(), result.host.end(), [&](char c) {
    return allowed_in_label(c) || (c >= 'A' && c <= 'Z') || c == '.' || (v6 && (c == ':' || c == '%'));
  });
  if (result.host.empty() || result.host.size() > kLongestName || result.host.front() == '-' || !good)
    return bad_host_port(text);
  if (port.empty()) return result;
  port.remove_prefix(1);
  const auto read = std::from_chars(port.data(), port.data() + port.size(), result.port);
  if (read.ec != std::errc() || read.ptr != port.data() + port.size() || result.port == 0)
    return bad_host_port(text);
  return result;
}

std::string join_strings(const std::vector<std::string>& strings) {
  std::string value;
  for (const auto& string : strings) value += string;
  return value;
}

std::string_view to_string(DnssecState state) {
  switch (state) {
    case DnssecState::secure:
      return "secure";
    case DnssecState::insecure:
      return "insecure";
    case DnssecState::bogus:
      return "bogus";
  }
  return "unknown";
}

}  // namespace certmgr
