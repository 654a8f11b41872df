// SPDX-License-Identifier: MIT
#include "lab/soft_hsm.h"

#include <openssl/crypto.h>

#include <cstdlib>
#include <stdexcept>

#include "lab/process.h"

namespace certmgr::lab {

namespace fs = std::filesystem;

Pkcs11Provider find_pkcs11_provider() {
  const char* named = std::getenv("PKCS11_PROVIDER_DIR");
  const char* own = OPENSSL_info(OPENSSL_INFO_MODULES_DIR);
  const fs::path folder = named != nullptr ? named : own != nullptr ? own : "";
  if (fs::exists(folder / "pkcs11.so")) return {folder, ""};
  return {"", "no " + (folder / "pkcs11.so").string() +
                  ": Debian has it in pkcs11-provider, Debian 12 in its backports"};
}

SoftHsm::SoftHsm() {
  fs::create_directories(dir_ / "tokens");
  write_file(config_file(), "directories.tokendir = " + (dir_ / "tokens").string() +
                                "\nobjectstore.backend = file\nlog.level = ERROR\n");
  // Without a line break, which the engine would take for a part of the PIN.
  write_file(pin_file(), kPin);
  fs::permissions(pin_file(), fs::perms::owner_read | fs::perms::owner_write);
  write_file(openssl_config(),
             std::string("openssl_conf = init\n[init]\nengines = engines\n[engines]\npkcs11 = pkcs11\n"
                         "[pkcs11]\nengine_id = pkcs11\nMODULE_PATH = ") +
                 kModule + "\ninit = 1\n");
  make_token(kToken);
}

void SoftHsm::run(const std::string& program, std::initializer_list<std::string> arguments,
                  const std::string& openssl_config) const {
  ProcessOptions options{.command = {find_program(program).string()},
                         .environment = own_environment(),
                         .output = dir_ / "output.log"};
  options.command.insert(options.command.end(), arguments);
  options.environment["SOFTHSM2_CONF"] = config_file().string();
  options.environment["OPENSSL_CONF"] = openssl_config;
  Process process(options);
  if (process.wait(std::chrono::seconds(60)) != 0)
    throw std::runtime_error(program + " failed: " + process.output());
}

fs::path SoftHsm::write_provider_config(const Pkcs11Provider& provider) const {
  const auto file = dir_ / "provider.cnf";
  // no-deinit: SoftHSM is gone when OpenSSL, at the end of a program, would take leave of it.
  write_file(file,
             "openssl_conf = init\n[init]\nproviders = providers\n[providers]\ndefault = default_provider\n"
             "pkcs11 = pkcs11_provider\n[default_provider]\nactivate = 1\n[pkcs11_provider]\nmodule = " +
                 (provider.folder / "pkcs11.so").string() + "\npkcs11-module-path = " + kModule +
                 "\npkcs11-module-token-pin = file:" + pin_file().string() +
                 "\npkcs11-module-quirks = no-deinit\npkcs11-module-encode-provider-uri-to-pem = true\n"
                 "activate = 1\n");
  return file;
}

fs::path SoftHsm::write_key_reference(const std::string& label, const fs::path& provider_config) const {
  auto file = dir_ / (label + ".pem");
  run("openssl",
      {"pkey", "-in", std::string("pkcs11:token=") + kToken + ";object=" + label + ";type=private", "-out",
       file.string()},
      provider_config.string());
  return file;
}

void SoftHsm::make_token(const std::string& label) const {
  run("softhsm2-util", {"--init-token", "--free", "--label", label, "--so-pin", "31415926", "--pin", kPin});
}

void SoftHsm::make_key(const std::string& type, const std::string& label, const std::string& id) const {
  run("pkcs11-tool", {"--module", kModule, "--token-label", kToken, "--login", "--pin", kPin, "--keypairgen",
                      "--key-type", type, "--label", label, "--id", id});
}

void SoftHsm::destroy_key(const std::string& label) const {
  run("pkcs11-tool", {"--module", kModule, "--token-label", kToken, "--login", "--pin", kPin,
                      "--delete-object", "--type", "privkey", "--label", label});
}

void SoftHsm::destroy_public_key(const std::string& label) const {
  run("pkcs11-tool", {"--module", kModule, "--token-label", kToken, "--login", "--pin", kPin,
                      "--delete-object", "--type", "pubkey", "--label", label});
}

std::string SoftHsm::uri(const std::string& label) const {
  return std::string("pkcs11:token=") + kToken + ";object=" + label +
         "?pin-source=file:" + pin_file().string();
}

}  // namespace certmgr::lab
