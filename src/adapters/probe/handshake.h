// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "adapters/probe/connect.h"
#include "certmgr/domain/key_type.h"
#include "crypto/openssl_handles.h"

namespace certmgr::probe {

/// A context for handshakes that look at whatever is presented. Throws Failure if OpenSSL cannot make it.
crypto::SslCtxPtr make_context();

/// The leaf a server presents on a connected socket, with the proof that it has the key; or why not, for
/// people. No SNI is sent when `sni` is empty. With `only` the client takes no certificate with another key.
tl::expected<crypto::X509Ptr, std::string> present(SSL_CTX& context, int fd, const std::string& sni,
                                                   std::optional<KeyFamily> only, const Deadline& deadline);

}  // namespace certmgr::probe
