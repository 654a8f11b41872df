// SPDX-License-Identifier: MIT
#include "lab/caddy.h"

#include <httplib.h>

#include <stdexcept>

#include "lab/ports.h"

namespace certmgr::lab {
namespace {

constexpr const char* kDirectory = "/acme/local/directory";

/// Its root goes into no trust store of this machine, and nobody can change it while it runs.
std::string caddyfile(const std::string& dir, int port) {
  return "{\n\tadmin off\n\tskip_install_trust\n\tauto_https disable_redirects\n\tstorage file_system " +
         dir + "/storage\n}\n" + Caddy::kHost + ":" + std::to_string(port) +
         " {\n\tbind 127.0.0.1\n\ttls internal\n\tacme_server\n}\n";
}

}  // namespace

Caddy::Caddy() : port_(free_port()) {
  write_file(dir_ / "Caddyfile", caddyfile(dir_.path().string(), port_));
  start();
}

void Caddy::start() {
  auto environment = own_environment();
  for (const char* name : {"HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"})
    environment[name] = dir_.path().string();
  process_.emplace(ProcessOptions{.command = {find_program("caddy").string(), "run", "--adapter", "caddyfile",
                                              "--config", (dir_ / "Caddyfile").string()},
                                  .environment = environment,
                                  .output = dir_ / "caddy.log"});
  // It accepts before it has a certificate for itself.
  const bool up = wait_until([&] { return !process_->running() || answers(); });
  if (!up || !process_->running()) throw std::runtime_error("caddy did not start:\n" + log());
}

bool Caddy::answers() const {
  if (!std::filesystem::exists(ca_file())) return false;
  httplib::SSLClient client(kHost, port_);
  client.set_ca_cert_path(ca_file().c_str());
  client.enable_server_certificate_verification(true);
  const auto reply = client.Get(kDirectory);
  return reply && reply->status == 200;
}

std::string Caddy::directory_url() const {
  return std::string("https://") + kHost + ":" + std::to_string(port_) + kDirectory;
}

std::filesystem::path Caddy::ca_file() const { return dir_ / "storage/pki/authorities/local/root.crt"; }

}  // namespace certmgr::lab
