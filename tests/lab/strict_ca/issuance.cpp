// SPDX-License-Identifier: MIT
#include "lab/strict_ca/issuance.h"

#include <openssl/obj_mac.h>

#include "lab/strict_ca/certificate_draft.h"
#include "lab/strict_ca/csr.h"

namespace certmgr::lab::strict {
namespace {

/// CA/B Forum Baseline Requirements 7.1.2.7, EV Guidelines 9.2.
struct Vetted {
  Level level = Level::dv;
  std::optional<Organization> organization = {};
};

Vetted vetted(const Core& core, const Order& order) {
  Vetted result;
  const auto& account = core.ledger.accounts.at(order.account);
  if (const auto external = core.options.external_accounts.find(account.external_kid);
      external != core.options.external_accounts.end()) {
    result.level = external->second.level;
    result.organization = external->second.organization;
  }
  if (const auto profile = core.options.profiles.find(order.profile);
      profile != core.options.profiles.end() && profile->second.level)
    result.level = *profile->second.level;
  if (core.behaviour.downgrade_to_dv || order.downgraded) result.level = Level::dv;
  if (result.level != Level::dv && !result.organization)
    result.organization = Organization{.name = "Example GmbH"};
  return result;
}

void add_subject(X509& leaf, const Vetted& holder, const std::string& common_name) {
  if (holder.level != Level::dv) {
    const Organization& organization = *holder.organization;
    add_subject_entry(leaf, "C", organization.country);
    add_subject_entry(leaf, "L", organization.locality);
    add_subject_entry(leaf, "O", organization.name);
    if (holder.level == Level::ev) {
      add_subject_entry(leaf, "businessCategory", organization.business_category);
      add_subject_entry(leaf, "serialNumber", organization.registration_number);
      add_subject_entry(leaf, "jurisdictionC", organization.jurisdiction_country);
    }
  }
  if (!common_name.empty()) add_subject_entry(leaf, "CN", common_name);
}

const char* policy_of(Level level) {
  switch (level) {
    case Level::dv:
      return "2.23.140.1.2.1";
    case Level::ov:
      return "2.23.140.1.2.2";
    case Level::ev:
      return "2.23.140.1.1";
  }
  return "";
}

std::string alternative_names(const Order& order, const IssuanceFault& fault) {
  std::string value;
  const auto add = [&](const std::string& kind, const std::string& name) {
    value += (value.empty() ? "" : ",") + kind + name;
  };
  if (fault.other_names.empty())
    for (const auto& one : order.identifiers) add(one.type == "ip" ? "IP:" : "DNS:", one.value);
  for (const auto& name : fault.other_names) add("DNS:", name);
  return value;
}

void add_extensions(const Core& core, X509& leaf, const Order& order, Level level, bool rsa) {
  const IssuanceFault& fault = core.behaviour.issuance;
  X509& issuer = core.hierarchy.issuer();
  const bool no_subject = X509_NAME_entry_count(X509_get_subject_name(&leaf)) == 0;
  const std::string usage = std::string(fault.without_server_auth ? "" : "serverAuth,") +
                            (fault.client_auth_too || fault.without_server_auth ? "clientAuth," : "");
  add_extension(leaf, issuer, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(leaf, issuer, NID_key_usage,
                rsa ? "critical,digitalSignature,keyEncipherment" : "critical,digitalSignature");
  add_extension(leaf, issuer, NID_ext_key_usage, usage.substr(0, usage.size() - 1));
  add_extension(leaf, issuer, NID_authority_key_identifier, "keyid");
  // RFC 5280 section 4.2.1.6: critical where there is no subject.
  add_extension(leaf, issuer, NID_subject_alt_name,
                (no_subject ? "critical," : "") + alternative_names(order, fault));
  add_extension(leaf, issuer, NID_certificate_policies, policy_of(level));
  add_extension(leaf, issuer, NID_crl_distribution_points, "URI:" + core.list_url + "/strict.crl");
  add_extension(leaf, issuer, NID_info_access, "caIssuers;URI:" + core.list_url + "/issuer.cer");
}

std::chrono::seconds validity_of(const Core& core, const Order& order) {
  if (core.behaviour.issuance.validity) return *core.behaviour.issuance.validity;
  const auto profile = core.options.profiles.find(order.profile);
  const bool own = profile != core.options.profiles.end() && profile->second.validity;
  return own ? *profile->second.validity : core.options.validity;
}

}  // namespace

X509Ptr issue(const Core& core, const Order& order) {
  const CsrPtr csr = parsed_csr(order.csr_der);
  const PkeyPtr other = core.behaviour.issuance.other_key ? new_p256_key() : nullptr;
  EVP_PKEY& key = other != nullptr ? *other : *X509_REQ_get0_pubkey(csr.get());
  // Clocks of clients may be a little slow.
  const Moment from = order.not_before.value_or(std::chrono::system_clock::now() - std::chrono::minutes(5));
  const Moment until = order.not_after.value_or(from + validity_of(core, order));
  auto leaf = blank_certificate(key, from, until);
  const Vetted holder = vetted(core, order);
  add_subject(*leaf, holder, common_name_of(*csr));
  add_extensions(core, *leaf, order, holder.level, EVP_PKEY_is_a(&key, "RSA") == 1);
  sign(*leaf, core.hierarchy.issuer(), core.hierarchy.issuer_key());
  return leaf;
}

}  // namespace certmgr::lab::strict
