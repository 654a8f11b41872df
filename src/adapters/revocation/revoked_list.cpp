// SPDX-License-Identifier: MIT
#include "adapters/revocation/revoked_list.h"

#include <algorithm>
#include <cstring>

#include "adapters/revocation/distribution.h"
#include "crypto/x509_text.h"

namespace certmgr::revocation {
namespace {

using crypto::openssl_reason;

using CrlPtr = std::unique_ptr<X509_CRL, crypto::Deleter<X509_CRL_free>>;
using ScopePtr = std::unique_ptr<ISSUING_DIST_POINT, crypto::Deleter<ISSUING_DIST_POINT_free>>;
using EnumeratedPtr = std::unique_ptr<ASN1_ENUMERATED, crypto::Deleter<ASN1_ENUMERATED_free>>;

constexpr Duration kClockError = std::chrono::minutes(5);

/// Carries `url`, so that each finding is one line.
struct Complaint {
  const std::string& url;

  [[nodiscard]] tl::unexpected<Trouble> operator()(const char* code, const std::string& why) const {
    return fail(Trouble{.kind = TroubleKind::transient,
                        .code = code,
                        .what = "cannot use the CA's revocation list " + url,
                        .why = why,
                        .hint = "it is fetched again by itself; if that lasts, tell the CA"});
  }
};

Result<CrlPtr> decode(std::string_view der, const Complaint& complain) {
  const auto* begin = reinterpret_cast<const unsigned char*>(der.data());
  const unsigned char* end = begin;
  CrlPtr crl(d2i_X509_CRL(nullptr, &end, static_cast<long>(der.size())));
  if (!crl) return complain("crl_malformed", "it is not a CRL in DER: " + openssl_reason());
  if (end != begin + der.size())
    return complain("crl_malformed", "it is followed by octets that belong to nothing");
  return crl;
}

Result<void> check_signature(X509_CRL& crl, X509& issuer, const Complaint& complain) {
  if (X509_NAME_cmp(X509_CRL_get_issuer(&crl), X509_get_subject_name(&issuer)) != 0)
    return complain("crl_untrusted", "it was issued by " + crypto::one_line(*X509_CRL_get_issuer(&crl)) +
                                         ", the certificate by " +
                                         crypto::one_line(*X509_get_subject_name(&issuer)));
  // Without the extension, everything is allowed: OpenSSL gives all bits then.
  if ((X509_get_key_usage(&issuer) & KU_CRL_SIGN) == 0)
    return complain("crl_untrusted", "the issuer of the certificate may not sign revocation lists");
  EVP_PKEY* key = X509_get0_pubkey(&issuer);
  if (key == nullptr || X509_CRL_verify(&crl, key) != 1) {
    openssl_reason();
    return complain("crl_untrusted", "its signature is not by the issuer of the certificate");
  }
  return {};
}

Result<void> check_dates(X509_CRL& crl, Instant now, RevokedList& list, const Complaint& complain) {
  const auto from = crypto::to_instant(X509_CRL_get0_lastUpdate(&crl));
  const auto until = crypto::to_instant(X509_CRL_get0_nextUpdate(&crl));
  if (!from || !until || *until < *from)
    return complain("crl_malformed", "it does not say for which time it is");
  if (*from > now + kClockError)
    return complain("crl_outdated",
                    "it is only from " + to_rfc3339(*from) + " on; is this host's clock right?");
  if (*until <= now) return complain("crl_outdated", "it should have been replaced on " + to_rfc3339(*until));
  list.this_update = *from;
  list.next_update = *until;
  return {};
}

Result<void> check_extensions(X509_CRL& crl, RevokedList& list, const Complaint& complain) {
  for (int i = 0; i < X509_CRL_get_ext_count(&crl); ++i) {
    X509_EXTENSION* extension = X509_CRL_get_ext(&crl, i);
    const int kind = OBJ_obj2nid(X509_EXTENSION_get_object(extension));
    if (kind == NID_delta_crl) return complain("crl_unsupported", "it is only a part (delta CRL)");
    if (X509_EXTENSION_get_critical(extension) == 1 && kind != NID_issuing_distribution_point)
      return complain("crl_unsupported", "it has a critical extension that certmgr does not know");
  }
  int found = -1;
  const ScopePtr scope(static_cast<ISSUING_DIST_POINT*>(
      X509_CRL_get_ext_d2i(&crl, NID_issuing_distribution_point, &found, nullptr)));
  if (!scope) {
    openssl_reason();
    if (found == -1) return {};
    return complain("crl_malformed", "its issuing distribution point cannot be read");
  }
  if (scope->indirectCRL > 0 || scope->onlyCA > 0 || scope->onlyattr > 0 || scope->onlysomereasons != nullptr)
    return complain("crl_unsupported", "it does not cover all revocations of server certificates");
  if (scope->distpoint == nullptr) return {};
  list.scope = urls_of(*scope->distpoint);
  if (list.scope.empty()) return complain("crl_unsupported", "it does not name its place by a URL");
  return {};
}

/// False for an entry that cannot be understood.
bool read_entry(const X509_REVOKED& revoked, RevokedEntry& entry) {
  for (int i = 0; i < X509_REVOKED_get_ext_count(&revoked); ++i)
    if (X509_EXTENSION_get_critical(X509_REVOKED_get_ext(&revoked, i)) == 1) return false;
  const auto at = crypto::to_instant(X509_REVOKED_get0_revocationDate(&revoked));
  if (!at) return false;
  entry.at = *at;
  int found = -1;
  const EnumeratedPtr reason(
      static_cast<ASN1_ENUMERATED*>(X509_REVOKED_get_ext_d2i(&revoked, NID_crl_reason, &found, nullptr)));
  if (!reason) {
    openssl_reason();
    return found == -1;
  }
  const long value = ASN1_ENUMERATED_get(reason.get());
  if (value >= 0 && value <= 10) entry.reason = static_cast<std::int8_t>(value);
  return true;
}

Result<void> read_entries(X509_CRL& crl, RevokedList& list, const Complaint& complain) {
  STACK_OF(X509_REVOKED)* revoked = X509_CRL_get_REVOKED(&crl);
  const int count = revoked == nullptr ? 0 : sk_X509_REVOKED_num(revoked);
  list.entries.reserve(static_cast<std::size_t>(std::max(0, count)));
  for (int i = 0; i < count; ++i) {
    const X509_REVOKED* one = sk_X509_REVOKED_value(revoked, i);
    // A serial that no certificate of ours can have need not be understood.
    const auto serial = to_serial(*X509_REVOKED_get0_serialNumber(one));
    if (!serial) continue;
    RevokedEntry entry{*serial, -1, {}};
    if (!read_entry(*one, entry))
      return complain("crl_malformed", "its entry " + std::to_string(i + 1) + " cannot be understood");
    list.entries.push_back(entry);
  }
  std::sort(list.entries.begin(), list.entries.end(),
            [](const RevokedEntry& a, const RevokedEntry& b) { return a.serial < b.serial; });
  return {};
}

}  // namespace

const RevokedEntry* RevokedList::find(const Serial& serial) const {
  const auto at =
      std::lower_bound(entries.begin(), entries.end(), serial,
                       [](const RevokedEntry& one, const Serial& wanted) { return one.serial < wanted; });
  return at == entries.end() || at->serial != serial ? nullptr : &*at;
}

Result<RevokedList> read_list(std::string_view der, X509& issuer, Instant now, const std::string& url) {
  const Complaint complain{url};
  auto crl = decode(der, complain);
  if (!crl) return fail(std::move(crl.error()));
  RevokedList list;
  // What is not signed is not looked at any closer.
  if (auto ok = check_signature(**crl, issuer, complain); !ok) return fail(std::move(ok.error()));
  if (auto ok = check_dates(**crl, now, list, complain); !ok) return fail(std::move(ok.error()));
  if (auto ok = check_extensions(**crl, list, complain); !ok) return fail(std::move(ok.error()));
  if (auto ok = read_entries(**crl, list, complain); !ok) return fail(std::move(ok.error()));
  return list;
}

std::optional<Serial> to_serial(const ASN1_INTEGER& value) {
  if (ASN1_STRING_type(&value) == V_ASN1_NEG_INTEGER) return std::nullopt;
  const unsigned char* begin = ASN1_STRING_get0_data(&value);
  const unsigned char* end = begin + ASN1_STRING_length(&value);
  begin = std::find_if(begin, end, [](unsigned char octet) { return octet != 0; });
  Serial serial;
  if (end - begin > static_cast<std::ptrdiff_t>(serial.octets.size())) return std::nullopt;
  std::copy(begin, end, serial.octets.begin());
  serial.length = static_cast<std::uint8_t>(end - begin);
  return serial;
}

std::string reason_name(int reason) {
  static constexpr std::array<const char*, 11> kNames{
      "unspecified",   "keyCompromise",        "cACompromise",    "affiliationChanged",
      "superseded",    "cessationOfOperation", "certificateHold", "",
      "removeFromCRL", "privilegeWithdrawn",   "aACompromise"};
  return reason < 0 || reason > 10 ? std::string() : kNames[static_cast<std::size_t>(reason)];
}

}  // namespace certmgr::revocation
