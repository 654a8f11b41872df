// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "lab/openssl_handles.h"
#include "lab/strict_ca/encoding.h"

namespace certmgr::lab::strict {

/// std::runtime_error with OpenSSL's reason unless `ok`.
void demand(bool ok, const char* what);

PkeyPtr new_p256_key();

/// A version 3 certificate with a random serial (16 octets, half of them with the first bit set), the
/// times and the key; no subject, issuer, extensions or signature.
X509Ptr blank_certificate(EVP_PKEY& key, Moment from, Moment until);
void add_subject_entry(X509& certificate, const std::string& oid, const std::string& text);
/// An extension as openssl.cnf writes it; `issuer` may be the certificate itself.
void add_extension(X509& certificate, X509& issuer, int nid, const std::string& value);
void sign(X509& certificate, const X509& issuer, EVP_PKEY& issuer_key);

std::string pem_of(X509& certificate);
std::string der_of(X509& certificate);

}  // namespace certmgr::lab::strict
