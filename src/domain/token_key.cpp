// SPDX-License-Identifier: MIT
#include "certmgr/domain/token_key.h"

#include <algorithm>
#include <optional>
#include <set>

namespace certmgr {
namespace {

constexpr std::string_view kScheme = "pkcs11:";
constexpr std::size_t kMostOctets = 2048;
constexpr std::string_view kExample =
    "--key 'pkcs11:token=pbx;object=sip?pin-source=file:/etc/certmgr/token.pin'";

tl::unexpected<Trouble> refuse(std::string why, std::string hint = "write it as " + std::string(kExample),
                               std::string code = "bad_key_uri") {
  return fail({.kind = TroubleKind::usage,
               .code = std::move(code),
               .what = "cannot use the URI of the key",
               .why = std::move(why),
               .hint = std::move(hint)});
}

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

/// What may stand in a value without being escaped: RFC 7512 section 2.3, pk11-res-avail and "&" and "/".
bool may_stand(char c) {
  return is_unreserved(c) || std::string_view(":[]@!$'()*+,=&/").find(c) != std::string_view::npos;
}

std::optional<std::string> unescape(std::string_view text) {
  std::string value;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      if (!may_stand(text[at])) return std::nullopt;
      value.push_back(text[at]);
      continue;
    }
    if (at + 2 >= text.size()) return std::nullopt;
    const int high = digit(text[at + 1]);
    const int low = digit(text[at + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    value.push_back(static_cast<char>(high * 16 + low));
    at += 2;
  }
  return value;
}

/// RFC 8089 allows file:/PATH and file:///PATH for a file of this host.
std::optional<std::string> file_of(std::string source) {
  if (!source.starts_with("file:/")) return std::nullopt;
  source.erase(0, source.starts_with("file:///") ? 7 : 5);
  if (source.starts_with("//") || source.find('\0') != std::string::npos) return std::nullopt;
  return source;
}

std::string* field_of(TokenKey& key, std::string_view name) {
  if (name == "token") return &key.token;
  if (name == "manufacturer") return &key.manufacturer;
  if (name == "model") return &key.model;
  if (name == "serial") return &key.serial;
  if (name == "object") return &key.object;
  if (name == "id") return &key.id;
  return nullptr;
}

Result<void> take(TokenKey& key, std::string_view name, std::string value) {
  const std::string shown(name.substr(0, 32));
  if (name == "pin-source") {
    auto file = file_of(std::move(value));
    if (!file) return refuse("its pin-source is no file of this host", "pin-source=file:/PATH");
    key.pin_file = std::move(*file);
    return {};
  }
  if (name == "type") {
    if (value != "private") return refuse("its type is not 'private'", "leave type away");
    return {};
  }
  std::string* field = field_of(key, name);
  if (field == nullptr)
    return refuse("its attribute '" + shown + "' cannot be used here",
                  name.starts_with("module")
                      ? "the module is named in the configuration, under [pkcs11]"
                      : "token, serial, manufacturer and model say which token, object and id which key");
  if (value.empty()) return refuse("its attribute '" + shown + "' is empty");
  if (field != &key.id && value.find('\0') != std::string::npos)
    return refuse("its attribute '" + shown + "' holds a zero octet");
  *field = std::move(value);
  return {};
}

Result<void> take_all(TokenKey& key, std::string_view attributes, char separator,
                      std::set<std::string_view>& seen) {
  while (!attributes.empty()) {
    const auto end = std::min(attributes.find(separator), attributes.size());
    const auto attribute = attributes.substr(0, end);
    attributes.remove_prefix(std::min(end + 1, attributes.size()));
    const auto equals = attribute.find('=');
    if (equals == std::string_view::npos) return refuse("a part of it is not NAME=VALUE");
    const auto name = attribute.substr(0, equals);
    auto value = unescape(attribute.substr(equals + 1));
    if (!value) return refuse("a value in it has characters that must be written as %XX (RFC 7512)");
    if (!seen.insert(name).second) return refuse("one of its attributes stands there twice");
    if (auto taken = take(key, name, std::move(*value)); !taken) return taken;
  }
  return {};
}

void append(std::string& uri, std::string_view name, std::string_view value) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  if (value.empty()) return;
  if (uri.back() != ':') uri.push_back(';');
  uri.append(name).push_back('=');
  for (const char c : value) {
    if (is_unreserved(c)) {
      uri.push_back(c);
      continue;
    }
    const auto octet = static_cast<unsigned char>(c);
    uri.push_back('%');
    uri.push_back(kDigits[octet >> 4U]);
    uri.push_back(kDigits[octet & 15U]);
  }
}

}  // namespace

Result<TokenKey> parse_token_key(std::string_view uri) {
  if (!uri.starts_with(kScheme)) return refuse("it does not begin with 'pkcs11:'");
  if (uri.size() > kMostOctets) return refuse("it is longer than 2048 octets");
  if (uri.find("pin-value") != std::string_view::npos)
    return refuse("it holds the PIN (pin-value), and all users of the host can read arguments",
                  "change that PIN, put it into a file of mode 0600, and name the file: "
                  "pin-source=file:/PATH",
                  "pin_in_uri");
  TokenKey key;
  std::set<std::string_view> seen;
  const auto query = std::min(uri.find('?'), uri.size());
  if (auto taken = take_all(key, uri.substr(kScheme.size(), query - kScheme.size()), ';', seen); !taken)
    return fail(std::move(taken.error()));
  if (auto taken = take_all(key, uri.substr(std::min(query + 1, uri.size())), '&', seen); !taken)
    return fail(std::move(taken.error()));
  if (key.token.empty() && key.serial.empty()) return refuse("it names no token");
  if (key.object.empty() && key.id.empty()) return refuse("it names no key in the token");
  return key;
}

std::string to_uri(const TokenKey& key) {
  std::string uri(kScheme);
  append(uri, "token", key.token);
  append(uri, "manufacturer", key.manufacturer);
  append(uri, "model", key.model);
  append(uri, "serial", key.serial);
  append(uri, "object", key.object);
  append(uri, "id", key.id);
  append(uri, "type", "private");
  return uri;
}

}  // namespace certmgr
