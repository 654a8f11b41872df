// SPDX-License-Identifier: MIT
#include "domain/fleet_differences.h"

#include <array>
#include <cstdio>
#include <map>

#include "certmgr/domain/ca_level.h"
#include "certmgr/domain/order_wish.h"

namespace certmgr {
namespace {

class Differences {
 public:
  void compare(std::string_view field, const std::string& from, const std::string& to) {
    if (from == to) return;
    const auto word = [](const std::string& text) { return text.empty() ? std::string("none") : text; };
    lines_.push_back(std::string(field) + ": " + word(from) + " -> " + word(to));
  }
  void add(std::string line) { lines_.push_back(std::move(line)); }
  std::vector<std::string> take() { return std::move(lines_); }

 private:
  std::vector<std::string> lines_;
};

std::string join_words(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string words_of(const std::map<std::string, std::string>& settings) {
  std::string text;
  for (const auto& [key, value] : settings) {
    if (!text.empty()) text += ", ";
    text += key;
    text += '=';
    text += value;
  }
  return text;
}

std::string words_of(const std::vector<VerifyTarget>& targets) {
  std::string text;
  for (const auto& target : targets) text += (text.empty() ? "" : ", ") + to_string(target);
  return text;
}

std::string words_of(const std::optional<unsigned>& mode) {
  if (!mode) return "";
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "%04o", *mode & 0777U);
  return text.data();
}

std::string words_of(const std::optional<KeyFamily>& family) {
  return family ? std::string(to_string(*family)) : std::string();
}

std::string words_of(const std::optional<KeyType>& type) {
  return type ? std::string(to_string(*type)) : std::string();
}

std::string words_of(const ProfileChoice& profile) {
  return profile.name.empty() || profile.required ? profile.name : profile.name + " (preferred)";
}

std::string words_of(const std::optional<ValidityBound>& bound) {
  return bound ? to_string(*bound) : std::string();
}

std::string words_of(const RateLimits& limits) {
  std::string text;
  for (const auto& [kind, rate] : limits.rates)
    text += (text.empty() ? "" : ", ") + std::string(to_string(kind)) + " " + to_string(rate);
  return text + (limits.renewals_exempt ? ", renewals exempt" : "");
}

/// None of its own is not the same as nobody.
std::string words_of(const std::optional<std::vector<std::string>>& fallback_cas) {
  if (!fallback_cas) return "as configured";
  return fallback_cas->empty() ? "nobody" : join_words(*fallback_cas);
}

std::string flag_word(bool flag) { return flag ? "true" : "false"; }

std::string policy_of(const CaEntry& ca) { return ca.public_rules ? "public" : "none"; }

std::string words_of(const std::vector<ChallengeSettings>& ways) {
  std::string text;
  for (const auto& way : ways)
    text += (text.empty() ? "" : ", ") + std::string(to_string(way.type)) + " " + way.webroot + way.listen +
            way.provider;
  return text;
}

std::string key_of(const CertificateSpec& spec) { return spec.csr.empty() ? "own" : "of a CSR"; }

}  // namespace

std::vector<std::string> differences(const CaEntry& from, const CaEntry& to) {
  Differences found;
  found.compare("directory", from.directory, to.directory);
  found.compare("ca_bundle", from.ca_bundle, to.ca_bundle);
  found.compare("account", from.account, to.account);
  found.compare("eab_kid", from.eab_kid, to.eab_kid);
  found.compare("eab_hmac_file", from.eab_hmac_file, to.eab_hmac_file);
  found.compare("key_type", words_of(from.key_type), words_of(to.key_type));
  found.compare("profile", words_of(from.profile), words_of(to.profile));
  found.compare("preferred_chain", from.preferred_chain, to.preferred_chain);
  found.compare("timeout", std::to_string(from.timeout.count()), std::to_string(to.timeout.count()));
  found.compare("at_once", std::to_string(from.at_once), std::to_string(to.at_once));
  found.compare("orders_per_minute", std::to_string(from.orders_per_minute),
                std::to_string(to.orders_per_minute));
  found.compare("limits", words_of(from.limits), words_of(to.limits));
  found.compare("staging", from.staging, to.staging);
  found.compare("dns_persist_draft", std::string(to_string(from.persist_draft)),
                std::string(to_string(to.persist_draft)));
  found.compare("levels", level_words(from.levels), level_words(to.levels));
  found.compare("expect_policy", policy_of(from), policy_of(to));
  found.compare("placeholder_first", flag_word(from.placeholder_first), flag_word(to.placeholder_first));
  found.compare("eab_once", flag_word(from.eab_once), flag_word(to.eab_once));
  return found.take();
}

std::vector<std::string> differences(const Server& from, const Server& to) {
  Differences found;
  found.compare("type", from.type, to.type);
  found.compare("key", from.files.key, to.files.key);
  found.compare("cert", from.files.cert, to.files.cert);
  found.compare("chain", from.files.chain, to.files.chain);
  found.compare("fullchain", from.files.fullchain, to.files.fullchain);
  found.compare("combined", from.files.combined, to.files.combined);
  found.compare("owner", from.owner, to.owner);
  found.compare("group", from.group, to.group);
  found.compare("mode", words_of(from.mode), words_of(to.mode));
  found.compare("hook", from.hook, to.hook);
  found.compare("settings", words_of(from.settings), words_of(to.settings));
  found.compare("verify", words_of(from.verify), words_of(to.verify));
  found.compare("only", words_of(from.only), words_of(to.only));
  found.compare("beside", from.beside, to.beside);
  return found.take();
}

std::vector<std::string> differences(const FleetCertificate& from, const FleetCertificate& to) {
  Differences found;
  found.compare("names", join(from.spec.identifiers), join(to.spec.identifiers));
  found.compare("ca", from.spec.ca, to.spec.ca);
  found.compare("fallback_cas", words_of(from.spec.fallback_cas), words_of(to.spec.fallback_cas));
  found.compare("level", from.spec.level, to.spec.level);
  found.compare("organization", from.spec.organization, to.spec.organization);
  found.compare("key_type", std::string(to_string(from.spec.key_type)),
                std::string(to_string(to.spec.key_type)));
  found.compare("reuse_key", flag_word(from.spec.reuse_key), flag_word(to.spec.reuse_key));
  found.compare("key", key_of(from.spec), key_of(to.spec));
  found.compare("challenge", std::string(to_string(from.spec.challenge.type)),
                std::string(to_string(to.spec.challenge.type)));
  found.compare("webroot", from.spec.challenge.webroot, to.spec.challenge.webroot);
  const bool tls = to.spec.challenge.type == ChallengeType::tls_alpn_01;
  found.compare(tls ? "tls_listen" : "http_listen", from.spec.challenge.listen, to.spec.challenge.listen);
  found.compare("dns", from.spec.challenge.provider, to.spec.challenge.provider);
  found.compare("other challenges", words_of(from.spec.other_challenges), words_of(to.spec.other_challenges));
  found.compare("ancestor_domain", from.spec.ancestor_domain, to.spec.ancestor_domain);
  found.compare("profile", words_of(from.spec.profile), words_of(to.spec.profile));
  found.compare("preferred_chain", from.spec.preferred_chain, to.spec.preferred_chain);
  found.compare("not_before", words_of(from.spec.not_before), words_of(to.spec.not_before));
  found.compare("not_after", words_of(from.spec.not_after), words_of(to.spec.not_after));
  found.compare("servers", join_words(from.servers), join_words(to.servers));
  return found.take();
}

std::vector<std::string> differences(const FleetOrganization& from, const FleetOrganization& to) {
  Differences found;
  for (const auto& difference : differences(from.organization.record, to.organization.record)) {
    if (difference.from == difference.to)
      found.add(difference.field + ": details differ");  // of contacts, which are told by name and role
    else
      found.compare(difference.field, difference.from, difference.to);
  }
  return found.take();
}

}  // namespace certmgr
