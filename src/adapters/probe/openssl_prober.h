// SPDX-License-Identifier: MIT
#pragma once

#include "certmgr/ports/server_control.h"
#include "crypto/openssl_handles.h"

namespace certmgr::probe {

/// Sees what a listener presents by a TLS handshake, TLS 1.2 or newer, as lenient as can be: it looks,
/// it does not trust. Says nothing but goodbye after the handshake.
class OpenSslProber : public TlsProber {
 public:
  OpenSslProber();
  Served probe(const VerifyTarget& target, const std::string& default_sni, Duration limit) override;

 private:
  crypto::SslCtxPtr context_;
};

}  // namespace certmgr::probe
