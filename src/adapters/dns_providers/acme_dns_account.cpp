// SPDX-License-Identifier: MIT
#include "adapters/dns_providers/acme_dns_account.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace certmgr::dns_providers {
namespace {

constexpr std::size_t kLargest = std::size_t{4} * 1024 * 1024;  // a fleet keeps one file
constexpr std::size_t kLongestField = 256;

/// Empty if it is not there, or would not fit into a header line.
std::string field(const nlohmann::json& entry, const char* name) {
  const auto found = entry.find(name);
  if (found == entry.end() || !found->is_string()) return {};
  auto text = found->get<std::string>();
  const bool good = text.size() <= kLongestField &&
                    std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  return good ? text : std::string();
}

}  // namespace

Result<AcmeDnsAccount> load_account(const AcmeDnsSettings& settings, const std::string& domain,
                                    const std::string& what) {
  const auto refuse = [&](std::string code, std::string why, std::string hint) {
    return fail({.kind = TroubleKind::configuration,
                 .code = std::move(code),
                 .what = what,
                 .why = std::move(why),
                 .hint = std::move(hint)});
  };
  const auto file =
      platform::read_private_file(settings.credentials_file, what, "credentials_file", kLargest);
  if (!file) return fail(file.error());
  const auto document = nlohmann::json::parse(file->text(), nullptr, false);
  if (!document.is_object())
    return refuse("acme_dns_credentials", settings.credentials_file + " is no JSON object",
                  "it must hold {\"DOMAIN\": {\"username\": ..., \"password\": ..., \"fulldomain\": ..., "
                  "\"subdomain\": ...}}");
  const auto entry = document.find(domain);
  if (entry == document.end())
    return refuse("acme_dns_unregistered", settings.credentials_file + " has no entry for " + domain,
                  "register it: curl -X POST " + settings.url + "/register, and add the answer under \"" +
                      domain + "\"");
  AcmeDnsAccount account;
  if (entry->is_object()) {
    account.username = field(*entry, "username");
    account.password = platform::SecretText(field(*entry, "password"));
    account.subdomain = field(*entry, "subdomain");
    if (auto name = parse_dns_name(field(*entry, "fulldomain"))) account.fulldomain = std::move(*name);
  }
  if (account.username.empty() || account.password.text().empty() || account.subdomain.empty() ||
      account.fulldomain.empty())
    return refuse("acme_dns_credentials",
                  "the entry for " + domain + " in " + settings.credentials_file + " is incomplete",
                  "it needs username, password, fulldomain and subdomain, as acme-dns gave them");
  return account;
}

}  // namespace certmgr::dns_providers
