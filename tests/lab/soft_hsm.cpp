// SPDX-License-Identifier: MIT
#include "lab/soft_hsm.h"

#include <stdexcept>

#include "lab/process.h"

namespace certmgr::lab {

namespace fs = std::filesystem;

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

void SoftHsm::run(const std::string& program, std::initializer_list<std::string> arguments) const {
  ProcessOptions options{.command = {find_program(program).string()},
                         .environment = own_environment(),
                         .output = dir_ / "output.log"};
  options.command.insert(options.command.end(), arguments);
  options.environment["SOFTHSM2_CONF"] = config_file().string();
  Process process(options);
  if (process.wait(std::chrono::seconds(60)) != 0)
    throw std::runtime_error(program + " failed: " + process.output());
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

std::string SoftHsm::uri(const std::string& label) const {
  return std::string("pkcs11:token=") + kToken + ";object=" + label +
         "?pin-source=file:" + pin_file().string();
}

}  // namespace certmgr::lab
