// SPDX-License-Identifier: MIT
#include "adapters/probe/handshake.h"

#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <optional>
#include <string_view>

#include "certmgr/domain/trouble.h"

namespace certmgr::probe {
namespace {

using Reason = std::string;

/// Called when the server asks for a certificate of ours. We have none; note that it asked.
int note_request(SSL* ssl, X509** /*certificate*/, EVP_PKEY** /*key*/) {
  *static_cast<bool*>(SSL_get_app_data(ssl)) = true;
  return 0;
}

/// TLS 1.3 servers choose a certificate by signature algorithms, older ones by the cipher as well.
bool narrow(SSL& ssl, KeyFamily family) {
  constexpr const char* rsa =
      "rsa_pss_rsae_sha256:rsa_pss_rsae_sha384:rsa_pss_rsae_sha512:rsa_pkcs1_sha256:rsa_pkcs1_sha384:"
      "rsa_pkcs1_sha512";
  constexpr const char* ecdsa = "ecdsa_secp256r1_sha256:ecdsa_secp384r1_sha384:ecdsa_secp521r1_sha512";
  const bool is_rsa = family == KeyFamily::rsa;
  return SSL_set1_sigalgs_list(&ssl, is_rsa ? rsa : ecdsa) == 1 &&
         SSL_set_cipher_list(&ssl, is_rsa ? "aRSA:@SECLEVEL=0" : "aECDSA:@SECLEVEL=0") == 1;
}

/// One handshake. OpenSSL reads and writes memory, the socket is ours: so every wait has a limit, and a
/// connection that is gone cannot raise SIGPIPE in the program we are part of.
class Handshake {
 public:
  Handshake(SSL_CTX& context, int fd, const Deadline& deadline)
      : ssl_(SSL_new(&context)), fd_(fd), deadline_(deadline) {
    crypto::BioPtr in(BIO_new(BIO_s_mem()));
    crypto::BioPtr out(BIO_new(BIO_s_mem()));
    if (!ssl_ || !in || !out) {
      ssl_.reset();
      return;
    }
    BIO_set_mem_eof_return(in.get(), -1);  // empty means "not yet", not "closed"
    in_ = in.get();
    out_ = out.get();
    SSL_set_bio(ssl_.get(), in.release(), out.release());
    SSL_set_app_data(ssl_.get(), &asked_);
    SSL_set_connect_state(ssl_.get());
  }

  tl::expected<crypto::X509Ptr, Reason> run(const std::string& sni, std::optional<KeyFamily> only) {
    if (!ssl_) return tl::unexpected("not enough memory: " + crypto::openssl_reason());
    if (only && !narrow(*ssl_, *only))
      return tl::unexpected("cannot ask for " + std::string(to_string(*only)) +
                            " keys alone: " + crypto::openssl_reason());
    if (!sni.empty() && SSL_set_tlsext_host_name(ssl_.get(), sni.c_str()) != 1)
      return tl::unexpected("cannot ask for the name " + sni + ": " + crypto::openssl_reason());
    for (;;) {
      ERR_clear_error();
      const int result = SSL_do_handshake(ssl_.get());
      const int error = SSL_get_error(ssl_.get(), result);
      const unsigned long code = ERR_peek_error();
      // Also after a failure, which is told to the server by an alert. A server that has sent its own
      // and closed is none: what it sent has been read.
      const auto unsent = flush();
      if (result == 1) {
        say_goodbye();
        return leaf();
      }
      if (error != SSL_ERROR_WANT_READ) return failed(code);
      if (unsent) return tl::unexpected(*unsent);
      if (const auto trouble = receive()) return tl::unexpected(*trouble);
    }
  }

 private:
  std::optional<Reason> flush() {
    char* data = nullptr;
    std::size_t size = static_cast<std::size_t>(BIO_get_mem_data(out_, &data));
    while (size > 0) {
      const ssize_t sent = ::send(fd_, data, size, MSG_NOSIGNAL);
      if (sent > 0) {
        data += sent;
        size -= static_cast<std::size_t>(sent);
      } else if (errno == EAGAIN) {
        if (!wait_for(fd_, POLLOUT, deadline_.left())) return deadline_.exceeded();
      } else if (errno != EINTR) {
        return lost(errno);
      }
    }
    BIO_reset(out_);
    return std::nullopt;
  }

  /// Without it servers log a broken connection for every look.
  void say_goodbye() {
    SSL_shutdown(ssl_.get());
    static_cast<void>(flush());
  }

  std::optional<Reason> receive() {
    std::array<char, 16384> buffer;
    for (;;) {
      if (!wait_for(fd_, POLLIN, deadline_.left())) return deadline_.exceeded();
      const ssize_t got = ::recv(fd_, buffer.data(), buffer.size(), 0);
      if (got > 0) {
        BIO_write(in_, buffer.data(), static_cast<int>(got));
        return std::nullopt;
      }
      if (got == 0) return "closed the connection during the handshake";
      if (errno != EINTR && errno != EAGAIN) return lost(errno);
    }
  }

  static Reason lost(int error) {
    if (error == ECONNRESET || error == EPIPE) return "closed the connection during the handshake";
    return "lost the connection during the handshake: " + platform::errno_text(error);
  }

  tl::expected<crypto::X509Ptr, Reason> leaf() {
    crypto::X509Ptr certificate(SSL_get1_peer_certificate(ssl_.get()));
    if (!certificate) return tl::unexpected<Reason>("presented no certificate");
    return certificate;
  }

  tl::expected<crypto::X509Ptr, Reason> failed(unsigned long code) {
    const bool ours = ERR_GET_LIB(code) == ERR_LIB_SSL;
    const int reason = ERR_GET_REASON(code);
    if (ours && reason > SSL_AD_REASON_OFFSET) {
      // A peer that insists on a certificate of ours has shown its own before it refused us, and the
      // signature that proves its key was checked before we were asked.
      if (asked_)
        if (auto shown = leaf()) return shown;
      return tl::unexpected(std::string("refused the handshake with the TLS alert \"") +
                            SSL_alert_desc_string_long(reason - SSL_AD_REASON_OFFSET) + "\"");
    }
    if (ours && (reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST ||
                 reason == SSL_R_PACKET_LENGTH_TOO_LONG))
      return tl::unexpected<Reason>("did not answer with TLS: is this the right port?");
    return tl::unexpected("the TLS handshake failed: " + crypto::openssl_reason());
  }

  bool asked_ = false;
  crypto::SslPtr ssl_;
  BIO* in_ = nullptr;
  BIO* out_ = nullptr;
  int fd_;
  const Deadline& deadline_;
};

}  // namespace

crypto::SslCtxPtr make_context() {
  crypto::SslCtxPtr context(SSL_CTX_new(TLS_client_method()));
  if (!context || SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1 ||
      SSL_CTX_set_max_proto_version(context.get(), 0) != 1 ||
      SSL_CTX_set_cipher_list(context.get(), "DEFAULT:@SECLEVEL=0") != 1) {
    Trouble trouble;
    trouble.kind = TroubleKind::configuration;
    trouble.code = "openssl_unusable";
    trouble.what = "cannot set up TLS";
    trouble.why = crypto::openssl_reason();
    trouble.hint = "look at the system's openssl.cnf";
    throw Failure(trouble);
  }
  // A server without RFC 5746 is no reason not to look at its certificate.
  SSL_CTX_set_options(context.get(), SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_NO_TICKET);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_client_cert_cb(context.get(), note_request);
  return context;
}

tl::expected<crypto::X509Ptr, std::string> present(SSL_CTX& context, int fd, const std::string& sni,
                                                   std::optional<KeyFamily> only, const Deadline& deadline) {
  return Handshake(context, fd, deadline).run(sni, only);
}

}  // namespace certmgr::probe
