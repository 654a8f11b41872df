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

void add_present(X509& leaf, const std::string& oid, const std::string& text) {
  if (!text.empty()) add_subject_entry(leaf, oid, text);
}

void add_registration(X509& leaf, const Organization& organization) {
  add_present(leaf, "1.3.6.1.4.1.311.60.2.1.3", organization.jurisdiction_country);
  add_present(leaf, "1.3.6.1.4.1.311.60.2.1.2", organization.jurisdiction_state);
  add_present(leaf, "1.3.6.1.4.1.311.60.2.1.1", organization.jurisdiction_locality);
  add_present(leaf, "2.5.4.15", organization.business_category);
  add_present(leaf, "2.5.4.5", organization.registration_number);
}

/// In the order of Baseline Requirements 7.1.4.2.
void add_organization(X509& leaf, const Organization& organization, Level level) {
  if (level == Level::ev) add_registration(leaf, organization);
  add_present(leaf, "C", organization.country);
  add_present(leaf, "ST", organization.state);
  add_present(leaf, "L", organization.locality);
  add_present(leaf, "2.5.4.17", organization.postal_code);
  add_present(leaf, "2.5.4.9", organization.street);
  add_present(leaf, "O", organization.name);
  if (level == Level::ev) add_present(leaf, "2.5.4.97", organization.organization_identifier);
}

void add_subject(X509& leaf, const Vetted& holder, const IssuanceFault& fault,
                 const std::string& common_name) {
  if (holder.level != Level::dv)
    add_organization(leaf, fault.other_organization.value_or(*holder.organization), holder.level);
  add_present(leaf, "OU", fault.organizational_unit);
  add_present(leaf, "CN", common_name);
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

std::string policies(Level level, const IssuanceFault& fault) {
  if (!fault.policies) return policy_of(level);
  std::string value;
  for (const auto& policy : *fault.policies) value += (value.empty() ? "" : ",") + policy;
  return value;
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
  if (const auto named = policies(level, fault); !named.empty())
    add_extension(leaf, issuer, NID_certificate_policies, named);
  add_extension(leaf, issuer, NID_crl_distribution_points, "URI:" + core.list_url + "/strict.crl");
  add_extension(leaf, issuer, NID_info_access, "caIssuers;URI:" + core.list_url + "/issuer.cer");
}

std::chrono::seconds validity_of(const Core& core, const Order& order) {
  const auto profile = core.options.profiles.find(order.profile);
  const bool own = profile != core.options.profiles.end() && profile->second.validity;
  return own ? *profile->second.validity : core.options.validity;
}

}  // namespace

Level level_of(const Core& core, const Order& order) { return vetted(core, order).level; }

X509Ptr issue(const Core& core, const Order& order) {
  const CsrPtr csr = parsed_csr(order.csr_der);
  const PkeyPtr other = core.behaviour.issuance.other_key ? new_p256_key() : nullptr;
  EVP_PKEY& key = other != nullptr ? *other : *X509_REQ_get0_pubkey(csr.get());
  // Clocks of clients may be a little slow.
  const Moment from = order.not_before.value_or(std::chrono::system_clock::now() - std::chrono::minutes(5));
  const Moment asked = order.not_after.value_or(from + validity_of(core, order));
  const auto& fault = core.behaviour.issuance.validity;
  const Moment until = fault ? from + *fault : asked;
  auto leaf = blank_certificate(key, from, until);
  const Vetted holder = vetted(core, order);
  add_subject(*leaf, holder, core.behaviour.issuance, common_name_of(*csr));
  add_extensions(core, *leaf, order, holder.level, EVP_PKEY_is_a(&key, "RSA") == 1);
  sign(*leaf, core.hierarchy.issuer(), core.hierarchy.issuer_key());
  return leaf;
}

}  // namespace certmgr::lab::strict
