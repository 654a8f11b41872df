// SPDX-License-Identifier: MIT
#include "lab/tls_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace certmgr::lab {
namespace {

int connect_to(const std::string& address, int port) {
  const bool six = address.find(':') != std::string::npos;
  sockaddr_storage storage{};
  socklen_t length = 0;
  if (six) {
    auto* to = reinterpret_cast<sockaddr_in6*>(&storage);
    to->sin6_family = AF_INET6;
    to->sin6_port = htons(static_cast<std::uint16_t>(port));
    inet_pton(AF_INET6, address.c_str(), &to->sin6_addr);
    length = sizeof *to;
  } else {
    auto* to = reinterpret_cast<sockaddr_in*>(&storage);
    to->sin_family = AF_INET;
    to->sin_port = htons(static_cast<std::uint16_t>(port));
    inet_pton(AF_INET, address.c_str(), &to->sin_addr);
    length = sizeof *to;
  }
  const int fd = socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval limit{10, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&storage), length) != 0) {
    close(fd);
    return -1;
  }
  return fd;
}

}  // namespace

TlsConnection::TlsConnection(const std::string& address, int port, const std::string& sni)
    : context_(SSL_CTX_new(TLS_client_method())), ssl_(SSL_new(context_.get())) {
  fd_ = connect_to(address, port);
  if (fd_ < 0) throw std::runtime_error("nobody accepts on port " + std::to_string(port));
  SSL_set_fd(ssl_.get(), fd_);
  if (!sni.empty()) SSL_set_tlsext_host_name(ssl_.get(), sni.c_str());
  if (SSL_connect(ssl_.get()) != 1) {
    close(fd_);
    throw std::runtime_error("no TLS handshake on port " + std::to_string(port));
  }
  peer_.reset(SSL_get1_peer_certificate(ssl_.get()));
}

TlsConnection::~TlsConnection() { close(fd_); }

void TlsConnection::send(const std::string& text) {
  if (SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size())) <= 0) {
    throw std::runtime_error("connection lost while sending");
  }
}

std::string TlsConnection::receive() {
  std::array<char, 16384> buffer{};
  const int size = SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()));
  return size > 0 ? std::string(buffer.data(), static_cast<std::size_t>(size)) : std::string();
}

std::optional<Served> tls_served(const std::string& address, int port, const std::string& sni) {
  try {
    const TlsConnection connection(address, port, sni);
    return Served{fingerprint_of(connection.peer_certificate()), issuer_of(connection.peer_certificate())};
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
}

std::string tls_fingerprint(const std::string& address, int port, const std::string& sni) {
  const auto served = tls_served(address, port, sni);
  return served ? served->fingerprint : std::string();
}

SipTlsConnection::SipTlsConnection(const std::string& address, int port, const std::string& sni)
    : connection_(address, port, sni), local_(address + ":" + std::to_string(port)) {}

bool SipTlsConnection::options() {
  const std::string number = std::to_string(++sequence_);
  connection_.send("OPTIONS sip:" + local_ +
                   ";transport=tls SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1:5061;branch=z9hG4bK-lab-" + number +
                   ";rport\r\nMax-Forwards: 70\r\nFrom: <sip:lab@example.com>;tag=lab" + number +
                   "\r\nTo: <sip:" + local_ + ">\r\nCall-ID: lab-" + number +
                   "@127.0.0.1\r\nCSeq: " + number + " OPTIONS\r\nContent-Length: 0\r\n\r\n");
  std::string reply;
  while (reply.find("\r\n\r\n") == std::string::npos) {
    const auto more = connection_.receive();
    if (more.empty()) return false;
    reply += more;
  }
  return reply.starts_with("SIP/2.0 200") && reply.find("CSeq: " + number + " OPTIONS") != std::string::npos;
}

std::string SipTlsConnection::fingerprint() const { return fingerprint_of(connection_.peer_certificate()); }

SlowDownload::SlowDownload(const std::string& address, int port, const std::string& path)
    : connection_(address, port, "localhost") {
  connection_.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  std::string reply;
  std::size_t head = std::string::npos;
  while ((head = reply.find("\r\n\r\n")) == std::string::npos) {
    const auto more = connection_.receive();
    if (more.empty()) throw std::runtime_error("the download did not begin");
    reply += more;
  }
  const auto length = reply.find("Content-Length: ");
  if (!reply.starts_with("HTTP/1.1 200") || length > head) throw std::runtime_error("no such download");
  expected_ = std::stoul(reply.substr(length + 16));
  received_ = reply.size() - head - 4;
}

std::size_t SlowDownload::finish() {
  for (auto more = connection_.receive(); !more.empty(); more = connection_.receive())
    received_ += more.size();
  return received_;
}

std::string SlowDownload::fingerprint() const { return fingerprint_of(connection_.peer_certificate()); }

}  // namespace certmgr::lab
