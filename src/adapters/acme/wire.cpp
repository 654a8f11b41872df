// SPDX-License-Identifier: MIT
#include "adapters/acme/wire.h"

#include <nlohmann/json.hpp>

#include "adapters/acme/problem.h"
#include "adapters/acme/wire_extensions.h"

namespace certmgr::acme {
namespace {

using nlohmann::json;

tl::unexpected<Trouble> malformed(std::string why) {
  return fail({.kind = TroubleKind::transient,
               .code = "ca_protocol",
               .what = "the CA's answer cannot be used",
               .why = std::move(why),
               .hint = "see that the directory URL is the CA's ACME directory; try again later"});
}

Result<json> parse_object(const std::string& body, const char* what) {
  json value = json::parse(body, nullptr, false);
  if (value.is_discarded())
    return malformed("its " + std::string(what) + " is not JSON but begins '" + body.substr(0, 60) + "'");
  if (!value.is_object()) return malformed("its " + std::string(what) + " is not a JSON object");
  return value;
}

/// A URL we will send signed requests to.
Result<std::string> need_url(const json& object, const char* member, const char* what) {
  std::string url = text_of(object, member);
  if (!url.starts_with("https://") || url.size() > 2048)
    return malformed("its " + std::string(what) + " has no https URL '" + member + "'");
  return url;
}

std::vector<std::string> urls_of(const json& object, const char* member, std::size_t most) {
  std::vector<std::string> urls;
  const auto list = object.find(member);
  if (list == object.end() || !list->is_array()) return urls;
  for (const auto& item : *list) {
    if (!item.is_string() || urls.size() >= most) continue;
    auto url = item.get<std::string>();
    if (url.starts_with("https://") && url.size() <= 2048) urls.push_back(std::move(url));
  }
  return urls;
}

bool is_true(const json& object, const char* member) {
  const auto found = object.find(member);
  return found != object.end() && found->is_boolean() && found->get<bool>();
}

std::optional<Identifier> identifier_of(const json& object) {
  auto identifier = parse_identifier(text_of(object, "value"));
  if (!identifier || text_of(object, "type") != to_string(identifier->type)) return std::nullopt;
  return *identifier;
}

std::optional<Trouble> error_of(const json& object) {
  const auto error = object.find("error");
  if (error == object.end() || !error->is_object()) return std::nullopt;
  return read_problem(*error);
}

}  // namespace

std::vector<std::string> names_of(const json& object, const char* member) {
  constexpr std::size_t most = 10;
  std::vector<std::string> texts;
  const auto list = object.find(member);
  if (list == object.end() || !list->is_array() || list->size() > most) return texts;
  for (const auto& item : *list) {
    if (!item.is_string()) return {};
    auto name = parse_identifier(item.get<std::string>());
    if (!name) return {};
    texts.push_back(std::move(name->value));
  }
  return texts;
}

std::string text_of(const json& object, const char* member) {
  const auto found = object.find(member);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Result<DirectoryUrls> read_directory(const std::string& body) {
  auto object = parse_object(body, "directory");
  if (!object) return fail(std::move(object.error()));
  DirectoryUrls urls;
  for (const auto& [member, target] :
       {std::pair{"newNonce", &urls.new_nonce}, std::pair{"newAccount", &urls.new_account},
        std::pair{"newOrder", &urls.new_order}}) {
    auto url = need_url(*object, member, "directory");
    if (!url) return fail(std::move(url.error()));
    *target = std::move(*url);
  }
  for (const auto& [member, target] :
       {std::pair{"newAuthz", &urls.new_authz}, std::pair{"revokeCert", &urls.revoke_cert},
        std::pair{"keyChange", &urls.key_change}})
    if (auto url = need_url(*object, member, "directory")) *target = std::move(*url);
  if (const auto meta = object->find("meta"); meta != object->end() && meta->is_object()) {
    urls.meta.terms_of_service = text_of(*meta, "termsOfService");
    urls.meta.website = text_of(*meta, "website");
    read_extensions(*meta, urls.meta);
    urls.meta.external_account_required = is_true(*meta, "externalAccountRequired");
    urls.meta.subdomains_allowed = is_true(*meta, "subdomainAuthAllowed");
    if (const auto names = meta->find("caaIdentities"); names != meta->end() && names->is_array())
      for (const auto& name : *names)
        if (name.is_string()) urls.meta.caa_identities.push_back(name.get<std::string>());
  }
  // A CA whose answers cannot be used is as one that does not offer it.
  if (auto url = text_of(*object, "renewalInfo"); url.starts_with("https://") && url.size() <= 2048)
    urls.renewal_info = std::move(url);
  urls.meta.renewal_info = !urls.renewal_info.empty();
  return urls;
}

Result<CaAccount> read_account(const std::string& body) {
  auto object = parse_object(body, "account");
  if (!object) return fail(std::move(object.error()));
  CaAccount account;
  account.status = text_of(*object, "status");
  const std::string orders = text_of(*object, "orders");
  if (orders.starts_with("https://")) account.orders_url = orders;
  if (account.status.empty()) return malformed("its account has no status");
  return account;
}

Result<CaOrder> read_order(const std::string& body, const std::string& url) {
  auto object = parse_object(body, "order");
  if (!object) return fail(std::move(object.error()));
  if (!url.starts_with("https://")) return malformed("its order has no https URL in the Location header");
  CaOrder order;
  order.url = url;
  order.status = parse_ca_status(text_of(*object, "status"));
  order.authorizations = urls_of(*object, "authorizations", 1000);
  order.error = error_of(*object);
  if (order.status != CaStatus::invalid) {
    auto finalize = need_url(*object, "finalize", "order");
    if (!finalize) return fail(std::move(finalize.error()));
    order.finalize_url = std::move(*finalize);
  }
  order.profile = text_of(*object, "profile");
  order.expires = parse_rfc3339(text_of(*object, "expires"));
  if (order.status == CaStatus::valid) {
    if (auto trouble = star_order(*object)) return fail(std::move(*trouble));
    auto certificate = need_url(*object, "certificate", "valid order");
    if (!certificate) return fail(std::move(certificate.error()));
    order.certificate_url = std::move(*certificate);
  }
  if (const auto list = object->find("identifiers"); list != object->end() && list->is_array()) {
    for (const auto& item : *list)
      if (auto identifier = identifier_of(item)) order.identifiers.push_back(std::move(*identifier));
  }
  order.identifiers = canonical(std::move(order.identifiers));
  return order;
}

Result<CaAuthorization> read_authorization(const std::string& body, const std::string& url) {
  auto object = parse_object(body, "authorization");
  if (!object) return fail(std::move(object.error()));
  CaAuthorization authorization;
  authorization.url = url;
  authorization.status = parse_ca_status(text_of(*object, "status"));
  const auto identifier = object->find("identifier");
  if (identifier == object->end() || !identifier->is_object())
    return malformed("its authorization names nothing");
  auto parsed = identifier_of(*identifier);
  if (!parsed) return malformed("its authorization is for something that is neither a name nor an address");
  authorization.identifier = std::move(*parsed);
  authorization.wildcard = is_true(*object, "wildcard");
  authorization.subdomains_allowed = is_true(*object, "subdomainAuthAllowed");
  authorization.expires = parse_rfc3339(text_of(*object, "expires"));
  if (const auto list = object->find("challenges"); list != object->end() && list->is_array()) {
    for (const auto& item : *list) {
      if (!item.is_object()) continue;
      CaChallenge challenge;
      challenge.type = text_of(item, "type");
      challenge.url = text_of(item, "url");
      challenge.token = text_of(item, "token");
      challenge.status = parse_ca_status(text_of(item, "status"));
      challenge.error = error_of(item);
      challenge.issuer_names = names_of(item, "issuer-domain-names");
      if (challenge.issuer_names.empty()) challenge.issuer_names = names_of(item, "issuerDomainNames");
      if (challenge.url.starts_with("https://")) authorization.challenges.push_back(std::move(challenge));
    }
  }
  return authorization;
}

Result<std::vector<std::string>> read_order_list(const std::string& body) {
  // smallstep's CAs give the array alone.
  if (json bare = json::parse(body, nullptr, false); bare.is_array())
    return urls_of({{"orders", std::move(bare)}}, "orders", 1000);
  auto object = parse_object(body, "list of orders");
  if (!object) return fail(std::move(object.error()));
  // Serles answers with the account, whose member of this name is a URL.
  if (const auto orders = object->find("orders"); orders != object->end() && orders->is_string())
    return malformed("its list of orders is none: 'orders' is a text");
  return urls_of(*object, "orders", 1000);
}

}  // namespace certmgr::acme
