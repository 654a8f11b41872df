// SPDX-License-Identifier: MIT
#include "adapters/solvers/alpn_responder.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string_view>

namespace certmgr::solvers {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kHandshakeLife{5};
constexpr std::string_view kProtocol = "acme-tls/1";

/// RFC 8737 section 3: who does not offer exactly this protocol is no CA.
int select_protocol(SSL*, const unsigned char** out, unsigned char* out_length, const unsigned char* in,
                    unsigned int in_length, void*) {
  std::string_view offered(reinterpret_cast<const char*>(in), in_length);
  while (!offered.empty()) {
    const auto length = static_cast<std::size_t>(static_cast<unsigned char>(offered.front()));
    offered.remove_prefix(1);
    if (length > offered.size()) break;
    if (offered.substr(0, length) == kProtocol) {
      *out = reinterpret_cast<const unsigned char*>(offered.data());
      *out_length = static_cast<unsigned char>(length);
      return SSL_TLSEXT_ERR_OK;
    }
    offered.remove_prefix(length);
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

/// False when the time is over.
bool wait_for(int connection, int ssl_error, Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
  if (left <= 0) return false;
  pollfd watched{connection, static_cast<short>(ssl_error == SSL_ERROR_WANT_WRITE ? POLLOUT : POLLIN), 0};
  return poll(&watched, 1, static_cast<int>(left)) > 0;
}

}  // namespace

class AlpnAnswers {
 public:
  AlpnAnswers() : context_(SSL_CTX_new(TLS_server_method())) {
    if (!context_ || SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION) != 1)
      throw std::runtime_error("cannot make a TLS server: " + crypto::openssl_reason());
    SSL_CTX_set_session_cache_mode(context_.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_alpn_select_cb(context_.get(), select_protocol, nullptr);
    SSL_CTX_set_tlsext_servername_callback(context_.get(), &AlpnAnswers::choose);
    SSL_CTX_set_tlsext_servername_arg(context_.get(), this);
  }

  void serve(int connection) {
    const crypto::SslPtr ssl(SSL_new(context_.get()));
    fcntl(connection, F_SETFL, fcntl(connection, F_GETFL) | O_NONBLOCK);
    if (ssl && SSL_set_fd(ssl.get(), connection) == 1) handshake(*ssl, connection);
    ERR_clear_error();
  }

  void add(const std::string& server_name, AlpnCertificate proof) {
    const std::lock_guard lock(mutex_);
    proofs_.insert_or_assign(server_name, std::move(proof));
  }

  void remove(const std::string& server_name) {
    const std::lock_guard lock(mutex_);
    proofs_.erase(server_name);
  }

  bool empty() const {
    const std::lock_guard lock(mutex_);
    return proofs_.empty();
  }

 private:
  static void handshake(SSL& ssl, int connection) {
    const auto deadline = Clock::now() + kHandshakeLife;
    for (;;) {
      const int done = SSL_accept(&ssl);
      if (done == 1) break;
      const int error = SSL_get_error(&ssl, done);
      if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) return;
      if (!wait_for(connection, error, deadline)) return;
    }
    SSL_shutdown(&ssl);  // nothing is said over such a connection (RFC 8737 section 3)
  }

  static int choose(SSL* ssl, int* alert, void* self) {
    try {
      const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
      if (name != nullptr && static_cast<AlpnAnswers*>(self)->use(*ssl, name)) return SSL_TLSEXT_ERR_OK;
      *alert = SSL_AD_UNRECOGNIZED_NAME;
    } catch (...) {
      *alert = SSL_AD_INTERNAL_ERROR;
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }

  bool use(SSL& ssl, std::string name) const {
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    const std::lock_guard lock(mutex_);
    const auto found = proofs_.find(name);
    return found != proofs_.end() && SSL_use_certificate(&ssl, found->second.certificate.get()) == 1 &&
           SSL_use_PrivateKey(&ssl, found->second.key.get()) == 1;
  }

  crypto::SslCtxPtr context_;
  mutable std::mutex mutex_;
  std::map<std::string, AlpnCertificate> proofs_;  // by server name
};

AlpnResponder::AlpnResponder(platform::Fd listening)
    : answers_(std::make_unique<AlpnAnswers>()),
      acceptor_(std::move(listening), {},
                [answers = answers_.get()](int connection) { answers->serve(connection); }) {}

AlpnResponder::~AlpnResponder() = default;

void AlpnResponder::add(const std::string& server_name, AlpnCertificate proof) {
  answers_->add(server_name, std::move(proof));
}

void AlpnResponder::remove(const std::string& server_name) { answers_->remove(server_name); }

bool AlpnResponder::empty() const { return answers_->empty(); }

}  // namespace certmgr::solvers
