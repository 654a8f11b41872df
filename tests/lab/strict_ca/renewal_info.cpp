// SPDX-License-Identifier: MIT
#include "lab/strict_ca/renewal_info.h"

#include <openssl/x509v3.h>

#include <algorithm>

namespace certmgr::lab::strict {
namespace {

Moment moment_of(const ASN1_TIME& time) {
  std::tm fields{};
  ASN1_TIME_to_tm(&time, &fields);
  return std::chrono::system_clock::from_time_t(timegm(&fields));
}

Window window_for(const Certificate& certificate) {
  const Moment from = moment_of(*X509_get0_notBefore(certificate.leaf.get()));
  const Moment until = moment_of(*X509_get0_notAfter(certificate.leaf.get()));
  // A revoked one is to be replaced at once.
  if (certificate.revocation_reason) return {rfc3339(from), rfc3339(from + std::chrono::seconds(1))};
  const auto life = until - from;
  return {rfc3339(from + life * 2 / 3), rfc3339(from + life * 2 / 3 + life / 50)};
}

bool shares_identifier(const Certificate& certificate, const Order& order) {
  return std::any_of(order.identifiers.begin(), order.identifiers.end(), [&](const Identifier& one) {
    return std::find(certificate.identifiers.begin(), certificate.identifiers.end(), one) !=
           certificate.identifiers.end();
  });
}

}  // namespace

std::string renewal_id(X509& leaf) {
  const ASN1_OCTET_STRING* issuer = X509_get0_authority_key_id(&leaf);
  const std::string key_id(reinterpret_cast<const char*>(ASN1_STRING_get0_data(issuer)),
                           static_cast<std::size_t>(ASN1_STRING_length(issuer)));
  const ASN1_INTEGER* number = X509_get0_serialNumber(&leaf);
  std::string der(static_cast<std::size_t>(i2d_ASN1_INTEGER(number, nullptr)), '\0');
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  i2d_ASN1_INTEGER(number, &out);
  // Without tag and length, with the zero octet of a number whose first bit is set.
  return base64url(key_id) + "." + base64url(std::string_view(der).substr(2));
}

Reply renewal_info(const Core& core, const std::string& id) {
  for (const auto& [key, certificate] : core.ledger.certificates) {
    if (certificate.renewal_id != id) continue;
    const Window window = core.behaviour.window.value_or(window_for(certificate));
    nlohmann::json document = {{"suggestedWindow", {{"start", window.start}, {"end", window.end}}}};
    if (!core.behaviour.explanation_url.empty()) document["explanationURL"] = core.behaviour.explanation_url;
    if (core.behaviour.unknown_members) document["tide"] = "low";
    auto reply = Reply::with_json(document);
    if (!core.behaviour.retry_after_renewal_info.empty())
      reply.headers.emplace("Retry-After", core.behaviour.retry_after_renewal_info);
    return reply;
  }
  throw Refusal{problems::not_found("certificate " + id)};
}

void take_replacement(Core& core, const Order& order) {
  if (!core.options.renewal_info)
    throw Refusal{problems::malformed("replaces was sent to a CA without renewalInfo")};
  for (auto& [key, certificate] : core.ledger.certificates) {
    if (certificate.renewal_id != order.replaces) continue;
    if (certificate.account != order.account || core.behaviour.replaces == Replaces::other_account)
      throw Refusal{problems::unauthorized(
          "requester account did not request the certificate being replaced by this order")};
    if (!shares_identifier(certificate, order))
      throw Refusal{problems::malformed("the order shares no identifier with what it replaces")};
    const bool taken = !certificate.replaced_by.empty() &&
                       core.ledger.orders.at(certificate.replaced_by).status != "invalid";
    if (taken || core.behaviour.replaces == Replaces::already_replaced)
      throw Refusal{{.type = "alreadyReplaced", .status = 409, .detail = "it is being replaced already"}};
    certificate.replaced_by = order.id;
    return;
  }
  throw Refusal{problems::malformed("replaces names no certificate of this CA", 404)};
}

}  // namespace certmgr::lab::strict
