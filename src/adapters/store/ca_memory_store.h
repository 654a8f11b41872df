// SPDX-License-Identifier: MIT
#pragma once

#include "adapters/store/database.h"
#include "certmgr/ports/ca_memory.h"

namespace certmgr::store {

/// Never throws: what cannot be remembered or recalled costs a request, and the work that asked goes on.
class SqliteCaMemory final : public CaMemory {
 public:
  explicit SqliteCaMemory(Database& database) : database_(database) {}

  std::optional<Directory> directory(const std::string& directory_url) override;
  void remember_directory(const std::string& directory_url, const Directory& directory) override;
  std::optional<std::string> take_nonce(const std::string& directory_url) override;
  void park_nonce(const std::string& directory_url, const std::string& nonce) override;

 private:
  Database& database_;
};

}  // namespace certmgr::store
