// SPDX-License-Identifier: MIT
#pragma once

#include <sys/socket.h>

#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "lab/authority.h"
#include "lab/openssl_handles.h"
#include "platform/fd.h"

namespace certmgr::probe::testing {

/// Listens on a loopback address and lets `serve` deal with each connection, one after another.
class Listener {
 public:
  using Serve = std::function<void(int fd)>;
  explicit Listener(Serve serve, int family = AF_INET);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  [[nodiscard]] int port() const { return port_; }

 private:
  platform::Fd socket_;
  int port_ = 0;
  std::thread thread_;
};

struct TlsOptions {
  lab::Pair pair = {};
  lab::Pair named = {};  // presented for `name`, when there is one
  std::string name = {};
  bool wants_client = false;  // insists on a client's certificate
  int newest = 0;             // TLS1_2_VERSION: no newer one
  int oldest = 0;
  std::string ciphers = {};
  bool weak_dh = false;  // 1024 bits
};

/// A certificate as telephone systems of old have it: RSA of 1024 bits, signed with SHA-1.
lab::Pair old_pair();

/// A TLS server for Listener.
class TlsServer {
 public:
  explicit TlsServer(const TlsOptions& options);
  void operator()(int fd);
  /// Says its part and resets the connection before the client can say its own.
  void answer_and_vanish(int fd);
  /// The names clients have asked for, "" for none.
  [[nodiscard]] std::vector<std::string> asked_names();

 private:
  static int choose(SSL* ssl, int* alert, void* self);
  lab::SslCtxPtr context_;
  lab::SslCtxPtr named_;
  std::string name_;
  std::mutex mutex_;
  std::vector<std::string> asked_;
};

}  // namespace certmgr::probe::testing
