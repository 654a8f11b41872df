// SPDX-License-Identifier: MIT
#pragma once

#include "certmgr/ports/ca_memory.h"

namespace certmgr::acme {

/// Remembers nothing, and so writes nothing: for who only looks.
class ForgetfulMemory final : public CaMemory {
 public:
  std::optional<Directory> directory(const std::string&) override { return std::nullopt; }
  void remember_directory(const std::string&, const Directory&) override {}
  std::optional<std::string> take_nonce(const std::string&) override { return std::nullopt; }
  void park_nonce(const std::string&, const std::string&) override {}
};

}  // namespace certmgr::acme
