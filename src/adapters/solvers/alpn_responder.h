// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "adapters/solvers/alpn_certificate.h"
#include "platform/acceptor.h"

namespace certmgr::solvers {

class AlpnAnswers;

/// A TLS server that speaks acme-tls/1 alone (RFC 8737): whoever asks for a name that is pending gets its
/// proof, everybody else an alert. A handshake may take five seconds. Thread-safe.
class AlpnResponder {
 public:
  explicit AlpnResponder(platform::Fd listening);
  ~AlpnResponder();
  AlpnResponder(const AlpnResponder&) = delete;
  AlpnResponder& operator=(const AlpnResponder&) = delete;

  /// In place of an earlier proof for the same name.
  void add(const std::string& server_name, AlpnCertificate proof);
  void remove(const std::string& server_name);
  [[nodiscard]] bool empty() const;

 private:
  std::unique_ptr<AlpnAnswers> answers_;
  platform::Acceptor acceptor_;  // ends first: its threads use the answers
};

}  // namespace certmgr::solvers
