// SPDX-License-Identifier: MIT
#include "lab/apache.h"

#include <unistd.h>

#include <stdexcept>
#include <utility>

#include "lab/ports.h"

namespace certmgr::lab {

Apache::Apache(std::vector<ApacheCertificate> certificates)
    : certificates_(std::move(certificates)), program_(find_program("apache2")), port_(free_port()) {
  write_file(config_file(), config());
  process_.emplace(
      ProcessOptions{.command = {program_.string(), "-f", config_file().string(), "-DFOREGROUND"},
                     .environment = own_environment(),
                     .output = dir_ / "output.log"});
  const bool up = wait_until([&] { return !process_->running() || port_accepts("127.0.0.1", port_); });
  if (!up || !process_->running())
    throw std::runtime_error("apache2 did not start:\n" + process_->output() + error_log());
}

std::string Apache::config() const {
  const auto dir = dir_.path().string();
  const std::string modules = "/usr/lib/apache2/modules/";  // of Debian's package
  std::string text = "ServerRoot " + dir + "\nServerName localhost\nPidFile " + dir +
                     "/apache.pid\nErrorLog " + dir + "/error.log\nDefaultRuntimeDir " + dir +
                     "\nLoadModule mpm_event_module " + modules +
                     "mod_mpm_event.so\nLoadModule authz_core_module " + modules +
                     "mod_authz_core.so\nLoadModule ssl_module " + modules + "mod_ssl.so\n";
  // It refuses to serve as root.
  if (geteuid() == 0) text += "User www-data\nGroup www-data\n";
  text +=
      "StartServers 1\nListen 127.0.0.1:" + std::to_string(port_) + "\nSSLSessionCache none\nSSLEngine on\n";
  for (const auto& certificate : certificates_)
    text += "SSLCertificateFile " + certificate.fullchain.string() + "\nSSLCertificateKeyFile " +
            certificate.key.string() + "\n";
  return text;
}

std::string Apache::error_log() const {
  const auto file = dir_ / "error.log";
  return std::filesystem::exists(file) ? read_file(file) : std::string();
}

}  // namespace certmgr::lab
