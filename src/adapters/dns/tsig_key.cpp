// SPDX-License-Identifier: MIT
#include "adapters/dns/tsig_key.h"

#include <algorithm>
#include <array>
#include <optional>

namespace certmgr::dns {
namespace {

constexpr std::size_t kLargestFile = 16384;
constexpr std::array<std::string_view, 3> kAlgorithms = {"hmac-sha256", "hmac-sha512", "hmac-sha1"};

struct Origin {
  std::string path;
  std::string what;
};

tl::unexpected<Trouble> refuse(const Origin& origin, const std::string& why) {
  return fail({.kind = TroubleKind::configuration,
               .code = "bad_tsig_key",
               .what = origin.what,
               .why = "the TSIG key in " + origin.path + " cannot be used: " + why,
               .hint = "make one with: tsig-keygen -a hmac-sha256 certmgr"});
}

/// The words of BIND's configuration language: names, texts in quotes, and the signs { } ;
class Words {
 public:
  explicit Words(std::string_view text) : rest_(text) {}

  /// Empty at the end.
  std::string_view next() {
    skip();
    if (rest_.empty()) return {};
    std::size_t length = 1;
    if (rest_.front() == '"') {
      const auto end = rest_.find('"', 1);
      const auto word = rest_.substr(1, end == std::string_view::npos ? end : end - 1);
      rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
      return word.empty() ? std::string_view("\"\"") : word;
    }
    if (std::string_view("{};").find(rest_.front()) == std::string_view::npos)
      length = std::min(rest_.find_first_of(" \t\r\n{};\""), rest_.size());
    const auto word = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return word;
  }

 private:
  void skip() {
    while (true) {
      rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
      if (rest_.starts_with("/*"))
        drop_behind("*/");
      else if (rest_.starts_with("//") || rest_.starts_with('#'))
        drop_behind("\n");
      else
        return;
    }
  }
  void drop_behind(std::string_view end) {
    const auto at = rest_.find(end);
    rest_.remove_prefix(at == std::string_view::npos ? rest_.size() : at + end.size());
  }

  std::string_view rest_;
};

bool is_base64(std::string_view text) {
  const auto padding = text.find('=');
  const auto body = text.substr(0, padding);
  const auto rest = padding == std::string_view::npos ? std::string_view() : text.substr(padding);
  return !body.empty() && text.size() % 4 == 0 && rest.size() <= 2 &&
         rest.find_first_not_of('=') == std::string_view::npos &&
         std::all_of(body.begin(), body.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
                  c == '/';
         });
}

Result<TsigKey> checked(std::string_view name, std::string_view algorithm, std::string_view secret,
                        const Origin& origin) {
  auto parsed = parse_dns_name(name);
  if (!parsed) return refuse(origin, parsed.error().why);
  if (std::find(kAlgorithms.begin(), kAlgorithms.end(), algorithm) == kAlgorithms.end())
    return refuse(origin, "its algorithm is not hmac-sha256, hmac-sha512 or hmac-sha1");
  if (!is_base64(secret)) return refuse(origin, "its secret is not base64");
  return TsigKey{std::move(*parsed), std::string(algorithm), platform::SecretText(std::string(secret))};
}

}  // namespace

Result<TsigKey> parse_key_file(std::string_view text, const std::string& path, const std::string& what) {
  const Origin origin{path, what};
  Words words(text);
  if (words.next() != "key") return refuse(origin, "it does not begin with key \"NAME\" {");
  const auto name = words.next();
  if (words.next() != "{") return refuse(origin, "there is no { behind the key's name");
  std::string_view algorithm;
  std::string_view secret;
  for (auto word = words.next(); word != "}"; word = words.next()) {
    if (word == "algorithm")
      algorithm = words.next();
    else if (word == "secret")
      secret = words.next();
    else
      return refuse(origin, word.empty() ? "the key is not closed with }"
                                         : "it holds something other than algorithm and secret");
    if (words.next() != ";") return refuse(origin, "a ; is missing");
  }
  if (const auto end = words.next(); end != ";" && !end.empty()) return refuse(origin, "a ; is missing");
  if (!words.next().empty()) return refuse(origin, "it holds more than one key");
  return checked(name, algorithm, secret, origin);
}

Result<TsigKey> load_tsig_key(const Rfc2136Settings& settings, const std::string& what) {
  if (!settings.key_file.empty()) {
    const auto file = platform::read_private_file(settings.key_file, what, "key_file", kLargestFile);
    if (!file) return fail(file.error());
    return parse_key_file(file->text(), settings.key_file, what);
  }
  const auto file = platform::read_private_file(settings.secret_file, what, "secret_file", kLargestFile);
  if (!file) return fail(file.error());
  const std::string_view text = file->text();
  const auto line = text.substr(0, text.find_first_of("\r\n"));
  return checked(settings.key_name, settings.algorithm, line, {settings.secret_file, what});
}

}  // namespace certmgr::dns
