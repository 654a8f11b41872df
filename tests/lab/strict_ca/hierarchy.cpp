// SPDX-License-Identifier: MIT
#include "lab/strict_ca/hierarchy.h"

#include <openssl/obj_mac.h>

#include "lab/strict_ca/certificate_draft.h"

namespace certmgr::lab::strict {
namespace {

X509Ptr ca_certificate(EVP_PKEY& key, const std::string& name, X509* issuer, EVP_PKEY& issuer_key) {
  const auto now = std::chrono::system_clock::now();
  auto certificate =
      blank_certificate(key, now - std::chrono::hours(48), now + std::chrono::hours(24 * 3650));
  add_subject_entry(*certificate, "CN", name);
  X509& parent = issuer != nullptr ? *issuer : *certificate;
  add_extension(*certificate, parent, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(*certificate, parent, NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(*certificate, parent, NID_subject_key_identifier, "hash");
  sign(*certificate, parent, issuer_key);
  return certificate;
}

}  // namespace

Hierarchy::Hierarchy(int alternates) : issuer_key_(new_p256_key()) {
  for (int number = 0; number <= alternates; ++number) {
    const PkeyPtr root_key = new_p256_key();
    const std::string name = "Strict Root" + (number == 0 ? std::string() : " " + std::to_string(number));
    roots_.push_back(ca_certificate(*root_key, name, nullptr, *root_key));
    intermediates_.push_back(
        ca_certificate(*issuer_key_, "Strict Intermediate", roots_.back().get(), *root_key));
  }
}

std::string Hierarchy::chain_pem(std::size_t number) const { return pem_of(*intermediates_.at(number)); }

std::string Hierarchy::root_pem(std::size_t number) const { return pem_of(*roots_.at(number)); }

}  // namespace certmgr::lab::strict
