// SPDX-License-Identifier: MIT
#include "integration/probe/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
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

}  // namespace

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
  if (!options.curves.empty())
    require(SSL_CTX_set1_curves_list(context, options.curves.c_str()) == 1, "no such curves");
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

std::vector<std::string> TlsServer::asked_names() {
  const std::lock_guard lock(mutex_);
  return asked_;
}

}  // namespace certmgr::probe::testing
