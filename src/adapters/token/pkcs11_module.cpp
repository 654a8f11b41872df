// SPDX-License-Identifier: MIT
#include "adapters/token/pkcs11_module.h"

#include <dlfcn.h>

#include <utility>

#include "platform/trusted_program.h"

namespace certmgr::token {
namespace {

tl::unexpected<Trouble> unusable(const std::string& path, std::string why, std::string hint) {
  return fail({.kind = TroubleKind::configuration,
               .code = "token_module",
               .what = "cannot use the PKCS#11 module " + path,
               .why = std::move(why),
               .hint = std::move(hint)});
}

/// CK_C_INITIALIZE_ARGS: the module may lock as it likes.
struct InitializeArguments {
  void* own_mutexes[4] = {};
  cryptoki::Ulong flags = cryptoki::kOsLocking;
  void* reserved = nullptr;
};

}  // namespace

Result<Pkcs11Module> Pkcs11Module::load(const std::string& path) {
  // Its code runs with our rights.
  if (const auto doubt = platform::distrust(path))
    return unusable(path, doubt->why, doubt->cure + "; [pkcs11] module names it in the configuration");
  Pkcs11Module module;
  module.library_ = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (module.library_ == nullptr) {
    const char* why = ::dlerror();
    return unusable(path, why == nullptr ? "it cannot be loaded" : why, "is it a module for this system?");
  }
  const auto list =
      reinterpret_cast<cryptoki::GetFunctionList>(::dlsym(module.library_, "C_GetFunctionList"));
  if (list == nullptr || list(&module.functions_) != cryptoki::kOk || module.functions_ == nullptr) {
    module.functions_ = nullptr;
    return unusable(path, "it is no PKCS#11 module: it has no list of functions",
                    "name another with [pkcs11] module");
  }
  if (module.functions_->version.major < 2)
    return unusable(path, "it is older than PKCS#11 version 2", "ask its maker for a newer one");
  InitializeArguments arguments;
  const auto answer = module.functions_->initialize(&arguments);
  module.finalize_ = answer == cryptoki::kOk;
  if (!module.finalize_ && answer != cryptoki::kAlreadyInitialized)
    return unusable(path, "it does not start: PKCS#11 error " + std::to_string(answer),
                    "see that its own configuration can be read, and its service runs if it has one");
  return module;
}

Pkcs11Module::~Pkcs11Module() {
  if (finalize_) functions_->finalize(nullptr);
  if (library_ != nullptr) ::dlclose(library_);
}

Pkcs11Module::Pkcs11Module(Pkcs11Module&& other) noexcept
    : library_(std::exchange(other.library_, nullptr)),
      functions_(std::exchange(other.functions_, nullptr)),
      finalize_(std::exchange(other.finalize_, false)) {}

}  // namespace certmgr::token
