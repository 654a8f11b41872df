// SPDX-License-Identifier: MIT
#include "adapters/dns_providers/acme_dns.h"

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "adapters/dns_providers/json_post.h"

namespace certmgr::dns_providers {
namespace {

constexpr std::size_t kValuesPerName = 2;

Trouble trouble(TroubleKind kind, std::string code, const std::string& what, std::string why,
                std::string hint) {
  return {
      .kind = kind, .code = std::move(code), .what = what, .why = std::move(why), .hint = std::move(hint)};
}

/// {"error": "forbidden"}, or nothing.
std::string error_word(const std::string& body) {
  const auto document = nlohmann::json::parse(body, nullptr, false);
  if (!document.is_object() || !document.contains("error") || !document["error"].is_string()) return {};
  auto word = document["error"].get<std::string>().substr(0, 64);
  for (char& c : word)
    if (c < 0x20 || c > 0x7e) c = '?';
  return ": " + word;
}

}  // namespace

AcmeDns::AcmeDns(std::string name, AcmeDnsSettings settings, Duration limit, Resolver& resolver)
    : name_(std::move(name)), settings_(std::move(settings)), limit_(limit), resolver_(resolver) {}

Result<void> AcmeDns::check_delegation(const TxtRecord& record, const AcmeDnsAccount& account,
                                       const std::string& what) {
  const auto chain = resolver_.cname_chain(record.name);
  if (!chain) return fail(chain.error());
  if (chain->target() == account.fulldomain) return {};
  return fail(trouble(TroubleKind::configuration, "acme_dns_cname", what,
                      chain->names.size() == 1
                          ? record.name + " is not delegated"
                          : record.name + " leads to " + chain->target() + " and not to the account's name",
                      "make this record: " + record.name + ". CNAME " + account.fulldomain + "."));
}

Result<void> AcmeDns::send(const TxtRecord& record, const AcmeDnsAccount& account,
                           const std::string& what) const {
  JsonPost post;
  post.url = settings_.url + "/update";
  post.headers = {"X-Api-User: " + account.username, "X-Api-Key: " + account.password.text()};
  post.body = nlohmann::json{{"subdomain", account.subdomain}, {"txt", record.value}}.dump();
  post.ca_bundle = settings_.ca_bundle;
  post.limit = limit_;
  const auto answer = post_json(post);
  if (answer.status == 0)
    return fail(trouble(answer.untrusted ? TroubleKind::configuration : TroubleKind::transient,
                        answer.untrusted ? "acme_dns_untrusted" : "acme_dns_unreachable", what,
                        settings_.url + ": " + answer.why,
                        answer.untrusted ? "if its CA is private: [dns." + name_ + "] ca_bundle = \"FILE\""
                                         : "does it run, and may we reach it?"));
  if (answer.status != 200) {
    const bool passes = answer.status == 429 || answer.status >= 500;
    return fail(trouble(
        passes ? TroubleKind::transient : TroubleKind::configuration, "acme_dns_refused", what,
        settings_.url + " answered with HTTP status " + std::to_string(answer.status) +
            error_word(answer.body),
        passes ? "look at the log of acme-dns" : "compare username, password and allowfrom of the account"));
  }
  const auto document = nlohmann::json::parse(answer.body, nullptr, false);
  if (document.is_object() && document.value("txt", nlohmann::json()) == record.value) return {};
  return fail(trouble(TroubleKind::configuration, "acme_dns_refused", what,
                      settings_.url + " did not confirm the value", "is it the URL of an acme-dns?"));
}

Result<void> AcmeDns::update(const TxtRecord& record) {
  const std::string what = "cannot add the TXT record " + record.name + " with [dns." + name_ + "]";
  const auto account = load_account(settings_, record.identifier, what);
  if (!account) return fail(account.error());
  if (auto delegated = check_delegation(record, *account, what); !delegated) return delegated;
  return send(record, *account, what);
}

Result<void> AcmeDns::present(std::span<const TxtRecord> records) {
  std::map<std::string, std::set<std::string>> values;
  for (const auto& record : records) {
    if (auto good = check(record); !good) return good;
    values[record.name].insert(record.value);
  }
  for (const auto& [name, its] : values)
    if (its.size() > kValuesPerName)
      return fail(
          trouble(TroubleKind::permanent, "acme_dns_values",
                  "cannot add the TXT records " + name + " with [dns." + name_ + "]",
                  "acme-dns keeps two values of a name, and " + std::to_string(its.size()) + " are due",
                  "order these names in several certificates"));
  for (const auto& record : records)
    if (auto done = update(record); !done) return done;
  return {};
}

Result<void> AcmeDns::withdraw(std::span<const TxtRecord> records, ChallengeOutcome) {
  for (const auto& record : records)
    if (auto good = check(record); !good) return good;
  return {};
}

}  // namespace certmgr::dns_providers
