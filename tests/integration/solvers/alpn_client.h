// SPDX-License-Identifier: MIT
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <string>

#include "lab/openssl_handles.h"
#include "platform/fd.h"

namespace certmgr::solvers {

inline platform::Fd connect_to(int port) {
  platform::Fd connection(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  timeval limit{10, 0};
  setsockopt(connection.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(connection.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    connection.reset();
  return connection;
}

/// What a validating CA gets: the certificate, if the handshake came to an end.
struct Shown {
  lab::X509Ptr certificate;
  std::string protocol;
};

inline Shown ask_alpn(int port, const std::string& server_name, const std::string& protocol = "acme-tls/1") {
  const auto connection = connect_to(port);
  if (!connection) return {};
  const lab::SslCtxPtr context(SSL_CTX_new(TLS_client_method()));
  const lab::SslPtr ssl(SSL_new(context.get()));
  SSL_set_fd(ssl.get(), connection.get());
  if (!server_name.empty()) SSL_set_tlsext_host_name(ssl.get(), server_name.c_str());
  if (!protocol.empty()) {
    const std::string wire = std::string(1, static_cast<char>(protocol.size())) + protocol;
    SSL_set_alpn_protos(ssl.get(), reinterpret_cast<const unsigned char*>(wire.data()),
                        static_cast<unsigned>(wire.size()));
  }
  if (SSL_connect(ssl.get()) != 1) return {};
  const unsigned char* selected = nullptr;
  unsigned length = 0;
  SSL_get0_alpn_selected(ssl.get(), &selected, &length);
  return {lab::X509Ptr(SSL_get1_peer_certificate(ssl.get())),
          std::string(reinterpret_cast<const char*>(selected), length)};
}

}  // namespace certmgr::solvers
