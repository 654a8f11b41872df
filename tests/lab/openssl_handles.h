// SPDX-License-Identifier: MIT
#pragma once

// The lab judges the program under test, so it shares no code with it: its own handles, its own TLS.

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace certmgr::lab {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* handle) const noexcept {
    Free(handle);
  }
};

using BioPtr = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using PkeyPtr = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using X509Ptr = std::unique_ptr<X509, Freed<X509_free>>;
using SslCtxPtr = std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, Freed<SSL_free>>;

/// SHA-256 of the DER encoding, hex, lower case.
std::string fingerprint_of(const X509& certificate);
/// Common name of the issuer.
std::string issuer_of(const X509& certificate);

}  // namespace certmgr::lab
