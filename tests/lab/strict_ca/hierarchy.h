// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "lab/openssl_handles.h"

namespace certmgr::lab::strict {

/// Roots and the intermediate that they all have signed: as many chains as there are roots.
class Hierarchy {
 public:
  explicit Hierarchy(int alternates);

  /// What the CA shows above a leaf, PEM; 0 is the default chain.
  [[nodiscard]] std::string chain_pem(std::size_t number) const;
  [[nodiscard]] std::string root_pem(std::size_t number = 0) const;
  [[nodiscard]] std::size_t chains() const { return roots_.size(); }
  /// The default chain's.
  [[nodiscard]] X509& issuer() const { return *intermediates_.front(); }
  [[nodiscard]] EVP_PKEY& issuer_key() const { return *issuer_key_; }

 private:
  PkeyPtr issuer_key_;
  std::vector<X509Ptr> roots_;
  std::vector<X509Ptr> intermediates_;
};

}  // namespace certmgr::lab::strict
