// SPDX-License-Identifier: MIT
#include "lab/strict_ca/directory.h"

namespace certmgr::lab::strict {

using nlohmann::json;

std::string account_hash_prefix(const Core& core) { return core.url("/account-hash/"); }

Reply directory(const Core& core) {
  json meta = {{"website", core.list_url + "/"}, {"caaIdentities", core.options.caa_identities}};
  if (core.options.terms_of_service) meta["termsOfService"] = core.list_url + "/terms";
  if (core.behaviour.external_account_required) meta["externalAccountRequired"] = true;
  if (core.options.new_authz) meta["subdomainAuthAllowed"] = true;
  for (const auto& [name, profile] : core.options.profiles) meta["profiles"][name] = profile.description;
  if (core.behaviour.persist_draft == PersistDraft::hashed) {
    meta["issuerDomainNames"] = core.options.caa_identities;
    meta["accountHashPrefix"] = account_hash_prefix(core);
  }
  if (core.behaviour.unknown_members) {
    meta["motto"] = {"strict", "but fair"};
    // RFC 8739 section 3.2, of which certmgr knows no more than the name.
    meta["auto-renewal"] = {
        {"min-lifetime", 86400}, {"max-duration", 31536000}, {"allow-certificate-get", true}};
  }
  json urls = {{"newNonce", core.url("/new-nonce")},   {"newAccount", core.url("/new-account")},
               {"newOrder", core.url("/new-order")},   {"revokeCert", core.url("/revoke-cert")},
               {"keyChange", core.url("/key-change")}, {"meta", meta}};
  if (core.options.new_authz) urls["newAuthz"] = core.url("/new-authz");
  if (core.options.renewal_info) urls["renewalInfo"] = core.url("/renewal-info");
  if (core.behaviour.unknown_members) urls["Zm9v"] = core.list_url + "/unknown";
  auto reply = Reply::with_json(urls);
  const auto age = core.options.directory_max_age.count();
  reply.headers.emplace("Cache-Control", age > 0 ? "public, max-age=" + std::to_string(age) : "no-cache");
  return reply;
}

}  // namespace certmgr::lab::strict
