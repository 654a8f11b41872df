// SPDX-License-Identifier: MIT
#include "lab/strict_ca/revocation.h"

#include <openssl/x509v3.h>

#include <algorithm>
#include <array>

#include "lab/strict_ca/certificate_draft.h"
#include "lab/strict_ca/strict_json.h"

namespace certmgr::lab::strict {
namespace {

using CrlPtr = std::unique_ptr<X509_CRL, Freed<X509_CRL_free>>;
using EntryPtr = std::unique_ptr<X509_REVOKED, Freed<X509_REVOKED_free>>;
using EnumeratedPtr = std::unique_ptr<ASN1_ENUMERATED, Freed<ASN1_ENUMERATED_free>>;
using IntegerPtr = std::unique_ptr<ASN1_INTEGER, Freed<ASN1_INTEGER_free>>;
using KeyIdPtr = std::unique_ptr<AUTHORITY_KEYID, Freed<AUTHORITY_KEYID_free>>;
using TimePtr = std::unique_ptr<ASN1_TIME, Freed<ASN1_TIME_free>>;

/// CRLReason values that a subscriber of a public CA may give.
constexpr std::array<int, 5> kReasons = {0, 1, 3, 4, 5};

Certificate& certificate_with(Core& core, const std::string& der) {
  for (auto& [id, certificate] : core.ledger.certificates)
    if (der_of(*certificate.leaf) == der) return certificate;
  throw Refusal{problems::not_found("certificate like that")};
}

/// Whether the account holds a valid authorization for every name.
bool controls(const Core& core, const std::string& account, const Certificate& certificate) {
  const auto& all = core.ledger.authorizations;
  return std::all_of(
      certificate.identifiers.begin(), certificate.identifiers.end(), [&](const Identifier& name) {
        return std::any_of(all.begin(), all.end(), [&](const auto& entry) {
          const Authorization& one = entry.second;
          const Identifier whole{one.identifier.type, (one.wildcard ? "*." : "") + one.identifier.value};
          return one.account == account && one.status == "valid" && whole == name;
        });
      });
}

void demand_right(const Core& core, const Signed& request, const Certificate& certificate) {
  if (request.account.empty()) {
    if (EVP_PKEY_eq(X509_get0_pubkey(certificate.leaf.get()), request.key.handle()) != 1)
      throw Refusal{problems::unauthorized("the key is not that of the certificate")};
  } else if (request.account != certificate.account && !controls(core, request.account, certificate)) {
    throw Refusal{problems::unauthorized("the account may not revoke this certificate")};
  }
}

int reason_in(const json& payload) {
  const json reason = payload.value("reason", json(0));
  if (!reason.is_number_integer()) throw Refusal{problems::malformed("the reason is not a number")};
  const int code = reason.get<int>();
  if (std::find(kReasons.begin(), kReasons.end(), code) == kReasons.end())
    throw Refusal{{.type = "badRevocationReason",
                   .detail = "the reason " + std::to_string(code) + " is not open to subscribers"}};
  return code;
}

TimePtr time_at(Moment moment) {
  return TimePtr(ASN1_TIME_set(nullptr, std::chrono::system_clock::to_time_t(moment)));
}

IntegerPtr number(long value) {
  IntegerPtr result(ASN1_INTEGER_new());
  demand(ASN1_INTEGER_set(result.get(), value) == 1, "number");
  return result;
}

void add_entry(X509_CRL& list, const Certificate& certificate) {
  EntryPtr entry(X509_REVOKED_new());
  ASN1_INTEGER* serial = X509_get_serialNumber(certificate.leaf.get());
  demand(X509_REVOKED_set_serialNumber(entry.get(), serial) == 1, "serial");
  X509_REVOKED_set_revocationDate(entry.get(), time_at(certificate.revoked_at).get());
  // RFC 5280 section 5.3.1: no reason rather than `unspecified`.
  if (*certificate.revocation_reason != 0) {
    const EnumeratedPtr reason(ASN1_ENUMERATED_new());
    ASN1_ENUMERATED_set(reason.get(), *certificate.revocation_reason);
    demand(X509_REVOKED_add1_ext_i2d(entry.get(), NID_crl_reason, reason.get(), 0, 0) == 1, "reason");
  }
  demand(X509_CRL_add0_revoked(&list, entry.release()) == 1, "entry");
}

void add_issuer_key_id(X509_CRL& list, X509& issuer) {
  const KeyIdPtr key_id(AUTHORITY_KEYID_new());
  key_id->keyid = ASN1_OCTET_STRING_dup(X509_get0_subject_key_id(&issuer));
  demand(X509_CRL_add1_ext_i2d(&list, NID_authority_key_identifier, key_id.get(), 0, 0) == 1, "key id");
}

}  // namespace

Reply revoke(Core& core, const Signed& request) {
  const json payload = parse_object(request.payload, "the payload");
  const auto der = from_base64url(text_member(payload, "certificate", "the payload"));
  if (!der) throw Refusal{problems::malformed("the certificate is not base64url")};
  Certificate& certificate = certificate_with(core, *der);
  demand_right(core, request, certificate);
  const int reason = reason_in(payload);
  if (certificate.revocation_reason)
    throw Refusal{{.type = "alreadyRevoked", .detail = "the certificate is revoked already"}};
  certificate.revocation_reason = reason;
  certificate.revoked_at = std::chrono::system_clock::now();
  return {};
}

std::string revocation_list(const Core& core) {
  const Moment now = std::chrono::system_clock::now();
  const CrlPtr list(X509_CRL_new());
  X509& issuer = core.hierarchy.issuer();
  X509_CRL_set_version(list.get(), X509_CRL_VERSION_2);
  X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(&issuer));
  X509_CRL_set1_lastUpdate(list.get(), time_at(now - std::chrono::seconds(1)).get());
  X509_CRL_set1_nextUpdate(list.get(), time_at(now + core.options.crl_validity).get());
  for (const auto& [id, certificate] : core.ledger.certificates)
    if (certificate.revocation_reason) add_entry(*list, certificate);
  add_issuer_key_id(*list, issuer);
  const auto count = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  demand(X509_CRL_add1_ext_i2d(list.get(), NID_crl_number, number(count).get(), 0, 0) == 1, "CRL number");
  X509_CRL_sort(list.get());
  demand(X509_CRL_sign(list.get(), &core.hierarchy.issuer_key(), EVP_sha256()) > 0, "signing");
  std::string der(static_cast<std::size_t>(i2d_X509_CRL(list.get(), nullptr)), '\0');
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  i2d_X509_CRL(list.get(), &out);
  return der;
}

}  // namespace certmgr::lab::strict
