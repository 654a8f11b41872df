// SPDX-License-Identifier: MIT
#include "crypto/certificate_chain.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>

#include "crypto/encoding.h"
#include "crypto/issuer_memory.h"
#include "crypto/keyless.h"
#include "crypto/leaf_identity.h"
#include "crypto/x509_text.h"

namespace certmgr::crypto {
namespace {

// Ten certificates of the largest kind in use take about 40 KiB.
constexpr std::size_t kMostChainText = std::size_t{256} * 1024;

struct OpensslFree {
  void operator()(void* data) const noexcept { OPENSSL_free(data); }
};
using CharsPtr = std::unique_ptr<char, OpensslFree>;
using OctetsPtr = std::unique_ptr<unsigned char, OpensslFree>;

tl::unexpected<Trouble> malformed(std::string why) {
  return fail(Trouble{.kind = TroubleKind::permanent,
                      .code = "chain_malformed",
                      .what = "cannot read a certificate chain",
                      .why = std::move(why),
                      .hint = "look at what the CA sent, or at the file it came from",
                      .detail = {},
                      .retry_at = {}});
}

std::string nth(std::size_t position) { return "certificate " + std::to_string(position + 1); }

struct Block {
  std::string name;
  std::string header;
  Bytes data;
};

/// The next PEM block; no block at all when the text has come to its end.
Result<std::optional<Block>> next_block(BIO& bio) {
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long length = 0;
  ERR_clear_error();
  if (PEM_read_bio(&bio, &name, &header, &data, &length) != 1) {
    const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    const std::string reason = openssl_reason();
    if (at_end) return std::optional<Block>();
    return malformed("a PEM block is damaged: " + reason);
  }
  const CharsPtr own_name(name);
  const CharsPtr own_header(header);
  const OctetsPtr own_data(data);
  Block block{name, header, Bytes(data, data + length)};
  // The block may be a private key that has no business here.
  OPENSSL_cleanse(data, static_cast<std::size_t>(length));
  return std::optional<Block>(std::move(block));
}

/// Whether the leaf's public key will be asked for as a key: its octets are there in any case.
enum class LeafKey { wanted, unwanted };

Result<X509Ptr> decode_der(const Bytes& der, std::size_t position, OSSL_LIB_CTX* context = nullptr) {
  const unsigned char* end = der.data();
  X509Ptr certificate(reinterpret_cast<X509*>(ASN1_item_d2i_ex(nullptr, &end, static_cast<long>(der.size()),
                                                               ASN1_ITEM_rptr(X509), context, nullptr)));
  if (!certificate) return malformed(nth(position) + " cannot be decoded: " + openssl_reason());
  if (end != der.data() + der.size()) {
    return malformed(nth(position) + " is followed by octets that belong to nothing");
  }
  return certificate;
}

Result<X509Ptr> decode(const Block& block, std::size_t position, LeafKey leaf_key) {
  static IssuerMemory issuers;
  if (block.name != PEM_STRING_X509) {
    return malformed("it holds a block of type \"" + escaped(block.name, 64) +
                     "\" where only certificates belong");
  }
  if (!block.header.empty()) return malformed(nth(position) + " has PEM headers");
  // The leaf is new each time.
  if (position == 0)
    return decode_der(block.data, position, leaf_key == LeafKey::wanted ? nullptr : keyless_context());
  return issuers.certificate(block.data, [&] { return decode_der(block.data, position); });
}

Result<std::string> encode(X509& certificate) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  char* data = nullptr;
  if (!bio || PEM_write_bio_X509(bio.get(), &certificate) != 1) {
    return malformed("a certificate cannot be written as PEM: " + openssl_reason());
  }
  const long length = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<std::size_t>(std::max(0L, length)));
}

std::optional<std::string> link_problem(X509& subject, X509& issuer) {
  const int issued = X509_check_issued(&issuer, &subject);
  if (issued != X509_V_OK) return X509_verify_cert_error_string(issued);
  EVP_PKEY* key = X509_get0_pubkey(&issuer);
  if (key == nullptr) return "the issuer's public key cannot be read: " + openssl_reason();
  if (X509_verify(&subject, key) != 1) {
    openssl_reason();
    return "its signature does not fit the issuer's key";
  }
  return std::nullopt;
}

std::optional<std::string> first_broken_link(const std::vector<X509Ptr>& chain) {
  for (std::size_t i = 0; i + 1 < chain.size(); ++i) {
    if (const auto problem = link_problem(*chain[i], *chain[i + 1])) {
      return nth(i) + " (" + display_name(*chain[i]) + ") was not issued by " + nth(i + 1) + " (" +
             display_name(*chain[i + 1]) + "): " + *problem;
    }
  }
  return std::nullopt;
}

std::string serial_of(X509& certificate) {
  const ASN1_INTEGER* serial = X509_get0_serialNumber(&certificate);
  const std::string sign = ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER ? "-" : "";
  return sign +
         hex(ByteView(ASN1_STRING_get0_data(serial), static_cast<std::size_t>(ASN1_STRING_length(serial))));
}

Result<std::string> leaf_spki(X509& leaf) {
  unsigned char* der = nullptr;
  const int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(&leaf), &der);
  const OctetsPtr owner(der);
  if (length <= 0) return malformed("the public key of certificate 1 cannot be read: " + openssl_reason());
  return hex(sha256(ByteView(der, static_cast<std::size_t>(length))));
}

Result<std::vector<X509Ptr>> parse(std::string_view pem, std::size_t most, LeafKey leaf_key) {
  if (pem.size() > kMostChainText) return malformed("it is longer than 256 KiB");
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (!bio) return malformed("OpenSSL: " + openssl_reason());
  std::vector<X509Ptr> chain;
  for (;;) {
    auto block = next_block(*bio);
    if (!block) return fail(std::move(block.error()));
    if (!*block) break;
    auto certificate = decode(**block, chain.size(), leaf_key);
    OPENSSL_cleanse((*block)->data.data(), (*block)->data.size());
    if (!certificate) return fail(std::move(certificate.error()));
    if (chain.size() == most)
      return malformed("it holds more than " + std::to_string(most) + " certificates");
    chain.push_back(std::move(*certificate));
  }
  if (chain.empty()) return malformed("it holds no certificate");
  return chain;
}

}  // namespace

Result<std::vector<X509Ptr>> parse_chain(std::string_view pem, std::size_t most) {
  return parse(pem, most, LeafKey::wanted);
}

Result<ChainFacts> read_chain(std::string_view pem) {
  // What is looked at in the leaf's key are its octets; as an issuer only those after it are asked.
  auto chain = parse(pem, kMostInChain, LeafKey::unwanted);
  if (!chain) return fail(std::move(chain.error()));
  X509& leaf = *chain->front();
  ChainFacts facts;
  for (const X509Ptr& certificate : *chain) {
    auto text = encode(*certificate);
    if (!text) return fail(std::move(text.error()));
    facts.chain_pem += *text;
  }
  auto spki = leaf_spki(leaf);
  if (!spki) return fail(std::move(spki.error()));
  facts.spki_sha256 = std::move(*spki);
  auto names = alt_names(leaf);
  if (!names) return malformed("the subject alternative names of certificate 1 cannot be read");
  facts.identifiers = canonical(std::move(names->names));
  facts.other_sans = std::move(names->others);
  auto identity = read_identity(leaf);
  if (!identity) return fail(std::move(identity.error()));
  facts.policies = std::move(identity->policies);
  facts.subject = std::move(identity->subject);
  facts.server_auth = identity->server_auth;
  const auto from = to_instant(X509_get0_notBefore(&leaf));
  const auto until = to_instant(X509_get0_notAfter(&leaf));
  if (!from || !until) return malformed("the validity of certificate 1 cannot be read");
  facts.not_before = *from;
  facts.not_after = *until;
  facts.serial = serial_of(leaf);
  facts.fingerprint = fingerprint(leaf);
  facts.issuer = issuer_name(leaf);
  facts.broken_link = first_broken_link(*chain);
  return facts;
}

std::string fingerprint(X509& certificate) {
  unsigned char* der = nullptr;
  const int length = i2d_X509(&certificate, &der);
  const OctetsPtr owner(der);
  if (length <= 0) {
    openssl_reason();
    return {};
  }
  return hex(sha256(ByteView(der, static_cast<std::size_t>(length))));
}

std::string display_name(X509& certificate) {
  const auto names = alt_names(certificate);
  if (names && !names->names.empty()) return names->names.front().value;
  const X509_NAME* subject = X509_get_subject_name(&certificate);
  std::string text = subject != nullptr ? one_line(*subject) : std::string();
  return text.empty() ? "no name" : text;
}

std::string issuer_name(X509& certificate) {
  const X509_NAME* issuer = X509_get_issuer_name(&certificate);
  if (issuer == nullptr) return "no name";
  std::string text = common_name(*issuer);
  if (text.empty()) text = one_line(*issuer);
  return text.empty() ? "no name" : text;
}

Instant not_before(X509& certificate) {
  return to_instant(X509_get0_notBefore(&certificate)).value_or(Instant{});
}

Instant not_after(X509& certificate) {
  return to_instant(X509_get0_notAfter(&certificate)).value_or(Instant{});
}

}  // namespace certmgr::crypto
