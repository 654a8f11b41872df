// SPDX-License-Identifier: MIT
#include "adapters/dns_providers/environment_file.h"

#include <algorithm>
#include <optional>

#include "platform/private_file.h"

namespace certmgr::dns_providers {
namespace {

constexpr std::size_t kLargest = std::size_t{64} * 1024;

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

bool is_variable(std::string_view name) {
  return !name.empty() && (name.front() < '0' || name.front() > '9') &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
         });
}

/// Empty: there is an opening quote without its end, or something behind it.
std::optional<std::string> unquote(std::string_view value) {
  if (value.empty() || (value.front() != '"' && value.front() != '\'')) return std::string(value);
  if (value.size() < 2 || value.find(value.front(), 1) != value.size() - 1) return std::nullopt;
  return std::string(value.substr(1, value.size() - 2));
}

}  // namespace

Result<Variables> parse_environment(std::string_view text, const std::string& path, const std::string& what) {
  Variables variables;
  std::size_t number = 0;
  const auto refuse = [&](const std::string& why) {
    return fail({.kind = TroubleKind::configuration,
                 .code = "bad_environment_file",
                 .what = what,
                 .why = "line " + std::to_string(number) + " of " + path + " " + why,
                 .hint = "write NAME=value, one to a line"});
  };
  if (text.find('\0') != std::string_view::npos) return refuse("or another holds a NUL character");
  while (!text.empty()) {
    const auto end = text.find('\n');
    auto line = trim(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++number;
    if (line.empty() || line.front() == '#') continue;
    if (line.starts_with("export ")) line = trim(line.substr(7));
    const auto equals = line.find('=');
    if (equals == std::string_view::npos || !is_variable(line.substr(0, equals)))
      return refuse("does not begin with NAME=");
    auto value = unquote(line.substr(equals + 1));
    if (!value) return refuse("has a quote without its other half");
    variables[std::string(line.substr(0, equals))] = std::move(*value);
  }
  return variables;
}

Result<Variables> load_environment(const std::string& path, const std::string& what) {
  if (path.empty()) return Variables();
  const auto file = platform::read_private_file(path, what, "environment_file", kLargest);
  if (!file) return fail(file.error());
  return parse_environment(file->text(), path, what);
}

}  // namespace certmgr::dns_providers
