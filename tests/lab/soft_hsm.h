// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>

#include "lab/temp_dir.h"

namespace certmgr::lab {

/// A PKCS#11 token in software (SoftHSM) with its own folder. Programs that use it need SOFTHSM2_CONF.
class SoftHsm {
 public:
  SoftHsm();

  static constexpr const char* kToken = "pbx";
  static constexpr const char* kPin = "271828";
  static constexpr const char* kModule = "/usr/lib/softhsm/libsofthsm2.so";

  /// A key pair; `type` as pkcs11-tool takes it (EC:prime256v1, rsa:2048), `id` in hex.
  void make_key(const std::string& type, const std::string& label, const std::string& id) const;
  /// Another token, with the same PIN.
  void make_token(const std::string& label) const;
  /// Removes the private key with this label.
  void destroy_key(const std::string& label) const;

  [[nodiscard]] std::filesystem::path config_file() const { return dir_ / "softhsm2.conf"; }
  /// Readable for its owner alone.
  [[nodiscard]] std::filesystem::path pin_file() const { return dir_ / "pin"; }
  /// `pkcs11:token=...;object=LABEL?pin-source=...`
  [[nodiscard]] std::string uri(const std::string& label) const;
  /// A configuration of OpenSSL that loads the engine with this module, for servers.
  [[nodiscard]] std::filesystem::path openssl_config() const { return dir_ / "openssl.cnf"; }

 private:
  void run(const std::string& program, std::initializer_list<std::string> arguments) const;

  TempDir dir_;
};

}  // namespace certmgr::lab
