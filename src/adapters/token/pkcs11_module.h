// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "adapters/token/cryptoki.h"
#include "certmgr/domain/trouble.h"

namespace certmgr::token {

/// A PKCS#11 module, loaded and initialized while this lives.
class Pkcs11Module {
 public:
  /// Trouble (configuration) "token_module": it is not there, others could change it, it is no such module.
  static Result<Pkcs11Module> load(const std::string& path);
  ~Pkcs11Module();
  Pkcs11Module(Pkcs11Module&& other) noexcept;
  Pkcs11Module& operator=(Pkcs11Module&&) = delete;

  const cryptoki::FunctionList* operator->() const { return functions_; }

 private:
  Pkcs11Module() = default;

  void* library_ = nullptr;
  cryptoki::FunctionList* functions_ = nullptr;
  bool finalize_ = false;  // not if somebody else in this process had initialized it
};

}  // namespace certmgr::token
