// SPDX-License-Identifier: MIT
#include "crypto/leaf_identity.h"

#include <openssl/x509v3.h>
#include <unistr.h>

#include <algorithm>
#include <array>
#include <memory>

#include "crypto/encoding.h"
#include "crypto/normal_form.h"
#include "crypto/x509_text.h"

namespace certmgr::crypto {
namespace {

// An EV subject has about twelve attributes, and a certificate one to four policies.
constexpr int kMostAttributes = 64;
constexpr int kMostPolicies = 64;
/// In any string type. The longest upper bound of X.520 is 256 characters.
constexpr std::size_t kMostOctets = 1024;
constexpr std::string_view kNobody = "\ufffd";

struct OpensslFree {
  void operator()(unsigned char* data) const noexcept { OPENSSL_free(data); }
};
void free_usages(EXTENDED_KEY_USAGE* usages) { EXTENDED_KEY_USAGE_free(usages); }
void free_policies(CERTIFICATEPOLICIES* policies) { CERTIFICATEPOLICIES_free(policies); }
using UsagesPtr = std::unique_ptr<EXTENDED_KEY_USAGE, Deleter<free_usages>>;
using PoliciesPtr = std::unique_ptr<CERTIFICATEPOLICIES, Deleter<free_policies>>;

tl::unexpected<Trouble> malformed(std::string why) {
  return fail(Trouble{.kind = TroubleKind::permanent,
                      .code = "chain_malformed",
                      .what = "cannot read a certificate chain",
                      .why = std::move(why),
                      .hint = "look at what the CA sent, or at the file it came from"});
}

const std::uint8_t* octets_of(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

/// Moves a terminal's cursor, ends a line, or turns the direction of what follows.
bool is_disruptive(ucs4_t point) {
  return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0x2028 || point == 0x2029 ||
         (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}

/// UTF-8 that can be shown. The embedded NUL that once fooled readers of C strings is no such text.
bool is_plain(std::string_view text) {
  if (u8_check(octets_of(text), text.size()) != nullptr) return false;
  while (!text.empty()) {
    ucs4_t point = 0;
    const int width = u8_mbtouc(&point, octets_of(text), text.size());
    if (width <= 0 || is_disruptive(point)) return false;
    text.remove_prefix(static_cast<std::size_t>(width));
  }
  return true;
}

std::string_view raw_octets(const ASN1_STRING& text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(&text)),
          static_cast<std::size_t>(std::max(0, ASN1_STRING_length(&text)))};
}

std::string value_of(const ASN1_STRING& text) {
  const std::string_view raw = raw_octets(text);
  const auto nobody = [&] { return std::string(kNobody) + escaped(raw); };
  if (raw.size() > kMostOctets) return nobody();
  unsigned char* utf8 = nullptr;
  const int length = ASN1_STRING_to_UTF8(&utf8, &text);
  const std::unique_ptr<unsigned char, OpensslFree> owner(utf8);
  if (length < 0) {
    openssl_reason();
    return nobody();
  }
  const std::string_view decoded(reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(length));
  return is_plain(decoded) ? normal_form_c(decoded) : nobody();
}

/// What does not fit is cut, and then is no OID that anybody looks for.
std::string dotted(const ASN1_OBJECT* oid) {
  std::array<char, 256> text{};
  if (oid == nullptr || OBJ_obj2txt(text.data(), static_cast<int>(text.size()), oid, 1) <= 0) {
    openssl_reason();
    return {};
  }
  return text.data();
}

Result<std::vector<FoundAttribute>> subject_of(const X509& leaf) {
  std::vector<FoundAttribute> subject;
  const X509_NAME* name = X509_get_subject_name(&leaf);
  const int count = name != nullptr ? X509_NAME_entry_count(name) : 0;
  if (count > kMostAttributes)
    return malformed("the subject of certificate 1 has " + std::to_string(count) + " attributes");
  for (int i = 0; i < count; ++i) {
    const X509_NAME_ENTRY* entry = X509_NAME_get_entry(name, i);
    subject.push_back(
        {dotted(X509_NAME_ENTRY_get_object(entry)), value_of(*X509_NAME_ENTRY_get_data(entry))});
  }
  return subject;
}

Result<std::vector<std::string>> policies_of(const X509& leaf) {
  std::vector<std::string> policies;
  const PoliciesPtr found(
      static_cast<CERTIFICATEPOLICIES*>(X509_get_ext_d2i(&leaf, NID_certificate_policies, nullptr, nullptr)));
  if (!found) {
    openssl_reason();
    return policies;
  }
  const int count = sk_POLICYINFO_num(found.get());
  if (count > kMostPolicies) return malformed("certificate 1 names " + std::to_string(count) + " policies");
  for (int i = 0; i < count; ++i) policies.push_back(dotted(sk_POLICYINFO_value(found.get(), i)->policyid));
  return policies;
}

bool may_be_a_server(const X509& leaf) {
  int critical = 0;
  const UsagesPtr usages(
      static_cast<EXTENDED_KEY_USAGE*>(X509_get_ext_d2i(&leaf, NID_ext_key_usage, &critical, nullptr)));
  if (!usages) {
    openssl_reason();
    constexpr int absent = -1;  // others: it cannot be decoded, or is there twice
    return critical == absent;
  }
  for (int i = 0; i < sk_ASN1_OBJECT_num(usages.get()); ++i) {
    const int usage = OBJ_obj2nid(sk_ASN1_OBJECT_value(usages.get(), i));
    if (usage == NID_server_auth || usage == NID_anyExtendedKeyUsage) return true;
  }
  return false;
}

}  // namespace

Result<LeafIdentity> read_identity(const X509& leaf) {
  auto subject = subject_of(leaf);
  if (!subject) return fail(std::move(subject.error()));
  auto policies = policies_of(leaf);
  if (!policies) return fail(std::move(policies.error()));
  return LeafIdentity{std::move(*policies), std::move(*subject), may_be_a_server(leaf)};
}

}  // namespace certmgr::crypto
