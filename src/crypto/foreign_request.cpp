// SPDX-License-Identifier: MIT
#include "crypto/foreign_request.h"

#include <openssl/pem.h>

#include <algorithm>
#include <optional>

#include "crypto/openssl_handles.h"
#include "crypto/public_key.h"
#include "crypto/x509_text.h"

namespace certmgr::crypto {
namespace {

constexpr std::size_t kMostRequestText = std::size_t{64} * 1024;

void free_extensions(STACK_OF(X509_EXTENSION) * list) {
  sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free);
}
using ExtensionsPtr = std::unique_ptr<STACK_OF(X509_EXTENSION), Deleter<free_extensions>>;

tl::unexpected<Trouble> bad_csr(std::string why, std::string hint) {
  return fail(Trouble{.kind = TroubleKind::usage,
                      .code = "bad_csr",
                      .what = "cannot use the certificate signing request",
                      .why = std::move(why),
                      .hint = std::move(hint)});
}

X509ReqPtr decode(std::string_view file) {
  const BioPtr bio(BIO_new_mem_buf(file.data(), static_cast<int>(file.size())));
  if (!bio) return nullptr;
  X509ReqPtr request(PEM_read_bio_X509_REQ(bio.get(), nullptr, nullptr, nullptr));
  if (request) return request;
  openssl_reason();
  const auto* begin = reinterpret_cast<const unsigned char*>(file.data());
  const auto* end = begin;
  request.reset(d2i_X509_REQ(nullptr, &end, static_cast<long>(file.size())));
  if (request && end != begin + file.size()) request.reset();
  return request;
}

std::optional<KeyType> type_of(EVP_PKEY& key) {
  const int bits = EVP_PKEY_get_bits(&key);
  if (EVP_PKEY_get_base_id(&key) == EVP_PKEY_RSA) {
    if (bits == 2048) return KeyType::rsa_2048;
    if (bits == 3072) return KeyType::rsa_3072;
    if (bits == 4096) return KeyType::rsa_4096;
    return std::nullopt;
  }
  char group[64] = {};
  std::size_t length = 0;
  if (EVP_PKEY_get_base_id(&key) != EVP_PKEY_EC ||
      EVP_PKEY_get_group_name(&key, group, sizeof(group), &length) != 1)
    return std::nullopt;
  const std::string_view name(group, length);
  if (name == "prime256v1" || name == "P-256") return KeyType::ecdsa_p256;
  if (name == "secp384r1" || name == "P-384") return KeyType::ecdsa_p384;
  return std::nullopt;
}

Result<std::vector<Identifier>> names_of(X509_REQ& request) {
  const ExtensionsPtr extensions(X509_REQ_get_extensions(&request));
  openssl_reason();
  const auto names = alt_names(extensions.get());
  if (!names) return bad_csr("its subject alternative names cannot be read", "make it anew");
  if (!names->others.empty())
    return bad_csr("it names something that is neither a DNS name nor an address: " + names->others.front(),
                   "make it anew with DNS names and addresses alone");
  if (names->names.empty())
    return bad_csr("it names nothing: there are no subject alternative names",
                   "make it with 'openssl req -addext subjectAltName=DNS:pbx.example.com'");
  for (const auto& name : names->names)
    if (auto sound = parse_identifier(name.value); !sound)
      return bad_csr(sound.error().why, "make it anew with names that a CA can certify");
  const auto common = common_name(*X509_REQ_get_subject_name(&request));
  const bool listed = std::any_of(names->names.begin(), names->names.end(), [&](const Identifier& name) {
    return std::equal(name.value.begin(), name.value.end(), common.begin(), common.end(), [](char a, char b) {
      return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b);
    });
  });
  if (!common.empty() && !listed)
    return bad_csr("its common name " + common + " is not among its subject alternative names",
                   "name it there too, or leave the subject empty");
  return canonical(names->names);
}

}  // namespace

Result<ForeignRequestFacts> read_foreign_request(std::string_view file) {
  if (file.size() > kMostRequestText)
    return bad_csr("it is longer than 64 KiB", "see that it is a certificate signing request");
  const auto request = decode(file);
  if (!request)
    return bad_csr("it is no PKCS#10 request in PEM or DER: " + openssl_reason(),
                   "make it with 'openssl req -new'");
  EVP_PKEY* key = X509_REQ_get0_pubkey(request.get());
  if (key == nullptr || X509_REQ_verify(request.get(), key) != 1) {
    openssl_reason();
    return bad_csr("it is not signed with the key it holds", "make it anew");
  }
  const auto type = type_of(*key);
  if (!type)
    return bad_csr("its key is of none of the types that CAs certify",
                   "use ECDSA P-256 or P-384, or RSA with 2048, 3072 or 4096 bits");
  auto names = names_of(*request);
  if (!names) return fail(std::move(names.error()));
  auto spki = spki_sha256(*key);
  if (!spki) return fail(std::move(spki.error()));
  const int length = i2d_X509_REQ(request.get(), nullptr);
  if (length <= 0) return bad_csr("it cannot be written again: " + openssl_reason(), "make it anew");
  ForeignRequestFacts facts{Bytes(static_cast<std::size_t>(length)), std::move(*names), *type,
                            std::move(*spki)};
  unsigned char* end = facts.der.data();
  i2d_X509_REQ(request.get(), &end);
  return facts;
}

}  // namespace certmgr::crypto
