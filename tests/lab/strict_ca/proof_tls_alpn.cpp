// SPDX-License-Identifier: MIT
#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <array>
#include <sstream>

#include "lab/strict_ca/proofs.h"

namespace certmgr::lab::strict {
namespace {

using ObjectPtr = std::unique_ptr<ASN1_OBJECT, Freed<ASN1_OBJECT_free>>;
using NamesPtr = std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>>;

constexpr std::string_view kProtocol =
    "\x0a"
    "acme-tls/1";
constexpr const char* kAcmeIdentifier = "1.3.6.1.5.5.7.1.31";

bool is_six(const std::string& address) { return address.find(':') != std::string::npos; }

std::string packed(const std::string& address) {
  std::array<char, sizeof(in6_addr)> octets{};
  const bool six = is_six(address);
  inet_pton(six ? AF_INET6 : AF_INET, address.c_str(), octets.data());
  return {octets.data(), six ? 16U : 4U};
}

/// RFC 8738 section 6: SNI has no addresses, so their reverse names stand for them.
std::string server_name(const Identifier& identifier) {
  if (identifier.type == "dns") return identifier.value;
  const std::string octets = packed(identifier.value);
  std::ostringstream name;
  if (!is_six(identifier.value)) {
    for (auto octet = octets.rbegin(); octet != octets.rend(); ++octet)
      name << static_cast<int>(static_cast<unsigned char>(*octet)) << '.';
    return name.str() + "in-addr.arpa";
  }
  const std::string digits = hex(octets);
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) name << *digit << '.';
  return name.str() + "ip6.arpa";
}

bool one_fitting_name(const X509& certificate, const Identifier& identifier) {
  const NamesPtr names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
  if (names == nullptr || sk_GENERAL_NAME_num(names.get()) != 1) return false;
  const GENERAL_NAME* entry = sk_GENERAL_NAME_value(names.get(), 0);
  const bool dns = identifier.type == "dns";
  if (entry->type != (dns ? GEN_DNS : GEN_IPADD)) return false;
  const ASN1_STRING* value = dns ? entry->d.dNSName : entry->d.iPAddress;
  const std::string octets(reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
                           static_cast<std::size_t>(ASN1_STRING_length(value)));
  return octets == (dns ? identifier.value : packed(identifier.value));
}

/// RFC 8737 section 3: critical, an OCTET STRING with the digest of the key authorization.
bool right_digest(const X509& certificate, const std::string& key_authorization) {
  const ObjectPtr kind(OBJ_txt2obj(kAcmeIdentifier, 1));
  const int position = X509_get_ext_by_OBJ(&certificate, kind.get(), -1);
  if (position < 0) return false;
  X509_EXTENSION* extension = X509_get_ext(&certificate, position);
  const ASN1_OCTET_STRING* value = X509_EXTENSION_get_data(extension);
  const std::string octets(reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
                           static_cast<std::size_t>(ASN1_STRING_length(value)));
  return X509_EXTENSION_get_critical(extension) == 1 && octets == "\x04\x20" + sha256(key_authorization);
}

std::optional<std::string> fault_of(SSL& ssl, const ProofTask& task) {
  const unsigned char* chosen = nullptr;
  unsigned length = 0;
  SSL_get0_alpn_selected(&ssl, &chosen, &length);
  if (std::string_view(reinterpret_cast<const char*>(chosen), length) != kProtocol.substr(1))
    return "the host did not choose the protocol acme-tls/1";
  const X509Ptr certificate(SSL_get1_peer_certificate(&ssl));
  if (certificate == nullptr) return "the host showed no certificate";
  if (X509_self_signed(certificate.get(), 1) != 1) return "the certificate is not self-signed";
  if (!one_fitting_name(*certificate, task.identifier)) return "the certificate is not for exactly this name";
  if (!right_digest(*certificate, task.key_authorization))
    return "the certificate lacks the critical acmeIdentifier with the right digest";
  return std::nullopt;
}

}  // namespace

std::optional<Problem> look_at_tls_alpn(const ProofTask& task) {
  const std::string host = is_six(task.address) ? "[" + task.address + "]" : task.address;
  const BioPtr socket(BIO_new_connect((host + ":" + std::to_string(task.tls_port)).c_str()));
  if (socket == nullptr || BIO_do_connect_retry(socket.get(), 5, 20) != 1)
    return Problem{.type = "connection", .detail = "cannot connect to " + host};
  // The connection was made without blocking, to have a limit; from here on the socket's own limits hold.
  timeval limit{.tv_sec = 5, .tv_usec = 0};
  const int fd = static_cast<int>(BIO_get_fd(socket.get(), nullptr));
  BIO_socket_nbio(fd, 0);
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);

  const SslCtxPtr context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  const SslPtr ssl(SSL_new(context.get()));
  SSL_set_fd(ssl.get(), fd);
  SSL_set_tlsext_host_name(ssl.get(), server_name(task.identifier).c_str());
  SSL_set_alpn_protos(ssl.get(), reinterpret_cast<const unsigned char*>(kProtocol.data()),
                      static_cast<unsigned>(kProtocol.size()));
  ERR_clear_error();
  if (SSL_connect(ssl.get()) != 1) {
    const char* reason = ERR_reason_error_string(ERR_get_error());
    return Problem{
        .type = "tls",
        .detail = "no TLS handshake with " + host + (reason != nullptr ? std::string(": ") + reason : "")};
  }
  if (const auto fault = fault_of(*ssl, task)) return problems::unauthorized(*fault);
  return std::nullopt;
}

}  // namespace certmgr::lab::strict
