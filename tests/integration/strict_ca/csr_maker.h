// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "lab/openssl_handles.h"

namespace certmgr::lab::testing {

struct CsrWish {
  std::vector<std::string> names = {};  // DNS names and addresses
  std::string common_name = {};
  EVP_PKEY* key = nullptr;      // none: a new P-256 key
  std::string more_names = {};  // as in openssl.cnf: "email:a@example.com"
  bool must_staple = false;
  bool broken_signature = false;
};

/// DER.
std::string make_csr(const CsrWish& wish);
/// As a good client makes it.
std::string csr_for(const std::vector<std::string>& names);

}  // namespace certmgr::lab::testing
