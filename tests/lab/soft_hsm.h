// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>

#include "lab/temp_dir.h"

namespace certmgr::lab {

/// OpenSSL's provider "pkcs11" (Debian: pkcs11-provider), in $PKCS11_PROVIDER_DIR or in OpenSSL's own folder.
struct Pkcs11Provider {
  std::filesystem::path folder;  // empty: there is none
  std::string why;               // then
};
Pkcs11Provider find_pkcs11_provider();

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
  /// Removes its public half, which is an object of its own.
  void destroy_public_key(const std::string& label) const;

  [[nodiscard]] std::filesystem::path config_file() const { return dir_ / "softhsm2.conf"; }
  /// Readable for its owner alone.
  [[nodiscard]] std::filesystem::path pin_file() const { return dir_ / "pin"; }
  /// `pkcs11:token=...;object=LABEL?pin-source=...`
  [[nodiscard]] std::string uri(const std::string& label) const;
  /// A configuration of OpenSSL that loads the engine with this module, for servers.
  [[nodiscard]] std::filesystem::path openssl_config() const { return dir_ / "openssl.cnf"; }
  /// Another one, that starts the provider with this module and PIN.
  [[nodiscard]] std::filesystem::path write_provider_config(const Pkcs11Provider& provider) const;
  /// A PEM file that leads programs which read key files, and have that configuration, to the key in the
  /// token.
  [[nodiscard]] std::filesystem::path write_key_reference(const std::string& label,
                                                          const std::filesystem::path& provider_config) const;

 private:
  void run(const std::string& program, std::initializer_list<std::string> arguments,
           const std::string& openssl_config = "/dev/null") const;

  TempDir dir_;
};

}  // namespace certmgr::lab
