// SPDX-License-Identifier: MIT
#include "integration/probe/listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/dh.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <unistd.h>

#include <stdexcept>

namespace certmgr::probe::testing {
namespace {

void require(bool good, const char* what) {
  if (!good) throw std::runtime_error(what);
}

lab::SslCtxPtr context_of(const lab::Pair& pair) {
  lab::SslCtxPtr context(SSL_CTX_new(TLS_server_method()));
  SSL_CTX_set_security_level(context.get(), 0);
  const lab::BioPtr certificates(BIO_new_mem_buf(pair.certificate_pem.data(), -1));
  const lab::X509Ptr leaf(PEM_read_bio_X509(certificates.get(), nullptr, nullptr, nullptr));
  const lab::BioPtr key_text(BIO_new_mem_buf(pair.key_pem.data(), -1));
  const lab::PkeyPtr key(PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr));
  require(leaf && key && SSL_CTX_use_certificate(context.get(), leaf.get()) == 1 &&
              SSL_CTX_use_PrivateKey(context.get(), key.get()) == 1,
          "cannot use the pair");
  return context;
}

std::string text_of(const lab::BioPtr& bio) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

lab::PkeyPtr weak_parameters() {
  struct Freed {
    void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  };
  const std::unique_ptr<EVP_PKEY_CTX, Freed> context(EVP_PKEY_CTX_new_from_name(nullptr, "DHX", nullptr));
  EVP_PKEY* parameters = nullptr;
  require(EVP_PKEY_paramgen_init(context.get()) == 1 && EVP_PKEY_CTX_set_dh_rfc5114(context.get(), 1) == 1 &&
              EVP_PKEY_paramgen(context.get(), &parameters) == 1,
          "no weak Diffie-Hellman");
  return lab::PkeyPtr(parameters);
}

}  // namespace

lab::Pair old_pair() {
  const lab::PkeyPtr key(EVP_RSA_gen(1024));
  const lab::X509Ptr certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 86400);
  const unsigned char name[] = "pbx";
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC, name, -1, -1, 0);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get()));
  X509_set_pubkey(certificate.get(), key.get());
  require(X509_sign(certificate.get(), key.get(), EVP_sha1()) > 0, "cannot sign with SHA-1");
  const lab::BioPtr certificate_text(BIO_new(BIO_s_mem()));
  const lab::BioPtr key_text(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(certificate_text.get(), certificate.get());
  PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return {text_of(certificate_text), text_of(key_text)};
}

Listener::Listener(Serve serve, int family) : socket_(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_storage storage{};
  socklen_t size = family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
  storage.ss_family = static_cast<sa_family_t>(family);
  if (family == AF_INET6) {
    reinterpret_cast<sockaddr_in6&>(storage).sin6_addr = in6addr_loopback;
  } else {
    reinterpret_cast<sockaddr_in&>(storage).sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  }
  auto* address = reinterpret_cast<sockaddr*>(&storage);
  require(socket_ && ::bind(socket_.get(), address, size) == 0 && ::listen(socket_.get(), 16) == 0,
          "cannot listen");
  ::getsockname(socket_.get(), address, &size);
  port_ = ntohs(family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(storage).sin6_port
                                   : reinterpret_cast<sockaddr_in&>(storage).sin_port);
  thread_ = std::thread([this, serve = std::move(serve)] {
    // OpenSSL writes to sockets whose other end may be gone.
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
    for (;;) {
      const platform::Fd connection(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!connection) return;
      serve(connection.get());
    }
  });
}

Listener::~Listener() {
  ::shutdown(socket_.get(), SHUT_RDWR);  // wakes accept()
  thread_.join();
}

TlsServer::TlsServer(const TlsOptions& options) : context_(context_of(options.pair)), name_(options.name) {
  if (!name_.empty()) named_ = context_of(options.named);
  auto* context = context_.get();
  SSL_CTX_set_tlsext_servername_callback(context, choose);
  SSL_CTX_set_tlsext_servername_arg(context, this);
  SSL_CTX_set_min_proto_version(context, options.oldest);
  SSL_CTX_set_max_proto_version(context, options.newest);
  if (options.wants_client)
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  if (!options.ciphers.empty())
    require(SSL_CTX_set_cipher_list(context, options.ciphers.c_str()) == 1, "no such ciphers");
  if (options.weak_dh)
    require(SSL_CTX_set0_tmp_dh_pkey(context, weak_parameters().release()) == 1,
            "cannot use weak parameters");
}

int TlsServer::choose(SSL* ssl, int* /*alert*/, void* self) {
  auto& server = *static_cast<TlsServer*>(self);
  const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  const std::lock_guard lock(server.mutex_);
  server.asked_.emplace_back(name != nullptr ? name : "");
  if (server.named_ && server.asked_.back() == server.name_) SSL_set_SSL_CTX(ssl, server.named_.get());
  return SSL_TLSEXT_ERR_OK;
}

void TlsServer::operator()(int fd) {
  const lab::SslPtr ssl(SSL_new(context_.get()));
  SSL_set_fd(ssl.get(), fd);
  char rest = 0;
  // Until the client closes: one that is cut off may not have read everything yet.
  if (SSL_accept(ssl.get()) == 1) SSL_read(ssl.get(), &rest, 1);
  ::shutdown(fd, SHUT_WR);
  while (::read(fd, &rest, 1) > 0) {
  }
}

void TlsServer::answer_and_vanish(int fd) {
  const lab::SslPtr ssl(SSL_new(context_.get()));
  SSL_set_fd(ssl.get(), fd);
  char first = 0;
  ::recv(fd, &first, 1, MSG_PEEK);
  ::fcntl(fd, F_SETFL, O_NONBLOCK);
  SSL_accept(ssl.get());  // up to the point where it would have to wait
  // The end of what it says, then a reset: whoever writes after that is told by a signal.
  ::shutdown(fd, SHUT_WR);
  const linger at_once{1, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

std::vector<std::string> TlsServer::asked_names() {
  const std::lock_guard lock(mutex_);
  return asked_;
}

}  // namespace certmgr::probe::testing
