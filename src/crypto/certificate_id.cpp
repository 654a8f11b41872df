// SPDX-License-Identifier: MIT
#include "crypto/certificate_id.h"

#include "crypto/certificate_chain.h"
#include "crypto/encoding.h"

namespace certmgr::crypto {
namespace {

/// The content octets of the INTEGER in DER: those of a positive number whose first bit is set begin with a
/// zero.
Bytes serial_octets(const X509& certificate) {
  const ASN1_INTEGER* serial = X509_get0_serialNumber(&certificate);
  const int size = i2d_ASN1_INTEGER(serial, nullptr);
  constexpr int kTagAndLength = 2;  // RFC 5280 section 4.1.2.2: at most 20 octets
  if (size <= kTagAndLength || size > kTagAndLength + 127) return {};
  Bytes der(static_cast<std::size_t>(size));
  unsigned char* end = der.data();
  i2d_ASN1_INTEGER(serial, &end);
  return {der.begin() + kTagAndLength, der.end()};
}

}  // namespace

Result<std::string> certificate_id(std::string_view chain_pem) {
  const auto chain = parse_chain(chain_pem);
  if (!chain) return fail(chain.error());
  X509& leaf = *chain->front();
  const ASN1_OCTET_STRING* issuer_key = X509_get0_authority_key_id(&leaf);
  const Bytes serial = serial_octets(leaf);
  if (issuer_key == nullptr || ASN1_STRING_length(issuer_key) <= 0 || serial.empty()) return std::string();
  const ByteView key_id(ASN1_STRING_get0_data(issuer_key),
                        static_cast<std::size_t>(ASN1_STRING_length(issuer_key)));
  return base64url(key_id) + "." + base64url(serial);
}

}  // namespace certmgr::crypto
