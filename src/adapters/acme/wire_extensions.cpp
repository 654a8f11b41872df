// SPDX-License-Identifier: MIT
#include "adapters/acme/wire_extensions.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "adapters/acme/wire.h"

namespace certmgr::acme {
namespace {

using nlohmann::json;

constexpr std::size_t kMostProfiles = 50;
constexpr std::size_t kLongestName = 128;
constexpr std::size_t kLongestDescription = 512;
constexpr std::size_t kLongestUrl = 1024;

/// Printable ASCII without spaces: it goes to terminals and comes back as an option.
bool is_name(const std::string& text) {
  return !text.empty() && text.size() <= kLongestName &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

/// Without what would upset a terminal, and no longer than needed.
std::string line_of(std::string text) {
  if (text.size() > kLongestDescription) text.resize(kLongestDescription);
  for (char& c : text)
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = ' ';
  return text;
}

Duration seconds_of(const json& object, const char* member) {
  const auto found = object.find(member);
  if (found == object.end() || !found->is_number_unsigned()) return {};
  constexpr std::uint64_t most = 3650ULL * 86400;
  return std::chrono::seconds(std::min<std::uint64_t>(found->get<std::uint64_t>(), most));
}

/// A page for people. Only https, or plain http on this host.
bool is_page(const std::string& url) {
  if (url.size() > kLongestUrl) return false;
  if (std::any_of(url.begin(), url.end(), [](char c) { return c <= ' ' || c >= '\x7f'; })) return false;
  if (url.starts_with("https://")) return url.size() > 8;
  static constexpr std::array<std::string_view, 3> kLoopback{"http://127.0.0.1", "http://localhost",
                                                             "http://[::1]"};
  return std::any_of(kLoopback.begin(), kLoopback.end(), [&](std::string_view begin) {
    return url.starts_with(begin) &&
           (url.size() == begin.size() || url[begin.size()] == ':' || url[begin.size()] == '/');
  });
}

tl::unexpected<Trouble> unusable(std::string why) {
  return fail({.kind = TroubleKind::permanent,
               .code = "ca_protocol",
               .what = "the CA's renewal information cannot be used",
               .why = std::move(why),
               .hint = "the certificate is renewed at the usual time; tell the CA"});
}

/// draft-ietf-acme-dns-persist-02 sections 3.2 and 4.1. What does not conform is as if it were not there.
void read_persist(const json& meta, CaMeta& into) {
  into.persist_issuers = names_of(meta, "issuerDomainNames");
  const std::string prefix = text_of(meta, "accountHashPrefix");
  const bool clean = std::all_of(prefix.begin(), prefix.end(), [](char c) {
    return c > ' ' && c < '\x7f' && c != ';' && c != '"' && c != '\\';  // what would end the record's value
  });
  if (clean && prefix.size() <= kLongestUrl && prefix.find(':') != std::string::npos)
    into.account_hash_prefix = prefix;
}

}  // namespace

void read_extensions(const json& meta, CaMeta& into) {
  read_persist(meta, into);
  if (const auto profiles = meta.find("profiles"); profiles != meta.end() && profiles->is_object()) {
    for (const auto& [name, description] : profiles->items()) {
      if (into.profiles.size() == kMostProfiles) break;
      if (is_name(name) && description.is_string())
        into.profiles[name] = line_of(description.get<std::string>());
    }
  }
  const auto star = meta.find("auto-renewal");
  if (star == meta.end() || !star->is_object()) return;
  const auto get = star->find("allow-certificate-get");
  into.auto_renewal = AutoRenewal{seconds_of(*star, "min-lifetime"), seconds_of(*star, "max-duration"),
                                  get != star->end() && get->is_boolean() && get->get<bool>()};
}

std::optional<Trouble> star_order(const json& order) {
  const bool star = order.contains("star-certificate") || order.contains("auto-renewal");
  if (!star || order.contains("certificate")) return std::nullopt;
  return Trouble{.kind = TroubleKind::permanent,
                 .code = "star_order",
                 .what = "the CA's order cannot be used",
                 .why = "it gives a certificate that renews itself (RFC 8739), which was not asked for",
                 .hint = "order from another CA, or ask this one to issue certificates of the usual kind"};
}

Result<RenewalInfo> read_renewal_info(const std::string& body) {
  constexpr std::size_t kLongestBody = std::size_t{16} * 1024;
  if (body.size() > kLongestBody) return unusable("it is longer than 16 KiB");
  const json object = json::parse(body, nullptr, false);
  if (!object.is_object()) return unusable("it is not a JSON object");
  const auto window = object.find("suggestedWindow");
  if (window == object.end() || !window->is_object()) return unusable("it has no suggestedWindow");
  const auto start = parse_rfc3339(text_of(*window, "start"));
  const auto end = parse_rfc3339(text_of(*window, "end"));
  if (!start || !end) return unusable("its window has no start and end as RFC 3339 has them");
  if (*end <= *start)
    return unusable("its window ends at " + to_rfc3339(*end) + ", and begins at " + to_rfc3339(*start));
  RenewalInfo info{*start, *end, {}};
  if (auto page = text_of(object, "explanationURL"); is_page(page)) info.explanation_url = std::move(page);
  return info;
}

}  // namespace certmgr::acme
