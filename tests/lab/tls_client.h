// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "lab/openssl_handles.h"
#include "lab/process.h"

namespace certmgr::lab {

/// A TLS connection that trusts everybody; every wait in it is limited to ten seconds. Throws
/// std::runtime_error when there is no connection or no handshake.
class TlsConnection {
 public:
  TlsConnection(const std::string& address, int port, const std::string& sni);
  ~TlsConnection();
  TlsConnection(const TlsConnection&) = delete;
  TlsConnection& operator=(const TlsConnection&) = delete;

  void send(const std::string& text);
  /// What arrives next; empty when the other side has closed.
  std::string receive();
  [[nodiscard]] const X509& peer_certificate() const { return *peer_; }

 private:
  SslCtxPtr context_;
  SslPtr ssl_;
  X509Ptr peer_;
  int fd_ = -1;
};

struct Served {
  std::string fingerprint;  // SHA-256 of the leaf, hex, lower case
  std::string issuer;       // its issuer's common name
};

/// What a new handshake presents right now; nullopt when there is no handshake.
std::optional<Served> tls_served(const std::string& address, int port, const std::string& sni = "");
/// Only its fingerprint, empty when there is no handshake.
std::string tls_fingerprint(const std::string& address, int port, const std::string& sni = "");

/// A phone's connection that stays open.
class SipTlsConnection {
 public:
  SipTlsConnection(const std::string& address, int port, const std::string& sni = "sip.example.com");
  /// One OPTIONS request; whether "200" came back on this very connection.
  bool options();
  [[nodiscard]] std::string fingerprint() const;

 private:
  TlsConnection connection_;
  std::string local_;
  int sequence_ = 0;
};

/// A download in progress: it has begun when the constructor returns.
class SlowDownload {
 public:
  SlowDownload(const std::string& address, int port, const std::string& path = "/slow/file");
  /// Reads on until it is over; the number of bytes of the body that arrived.
  std::size_t finish();
  [[nodiscard]] std::size_t expected() const { return expected_; }
  [[nodiscard]] std::size_t received() const { return received_; }
  [[nodiscard]] std::string fingerprint() const;

 private:
  TlsConnection connection_;
  std::size_t expected_ = 0;
  std::size_t received_ = 0;
};

}  // namespace certmgr::lab
