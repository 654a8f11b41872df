// SPDX-License-Identifier: MIT
#include "lab/haproxy.h"

#include <stdexcept>
#include <utility>

#include "lab/ports.h"

namespace certmgr::lab {

Haproxy::Haproxy(std::vector<std::filesystem::path> certificates)
    : certificates_(std::move(certificates)), program_(find_program("haproxy")), port_(free_port()) {
  write_file(config_file(), config());
  process_.emplace(ProcessOptions{
      .command = {program_.string(), "-W", "-f", config_file().string(), "-p", pid_file().string()},
      .environment = own_environment(),
      .output = dir_ / "output.log"});
  const bool up = wait_until([&] { return !process_->running() || port_accepts("127.0.0.1", port_); });
  if (!up || !process_->running()) throw std::runtime_error("haproxy did not start:\n" + process_->output());
}

std::string Haproxy::config() const {
  std::string bind = "  bind 127.0.0.1:" + std::to_string(port_) + " ssl";
  for (const auto& certificate : certificates_) bind += " crt " + certificate.string();
  return "global\n  stats socket " + (dir_ / "admin.sock").string() +
         " mode 600 expose-fd listeners\ndefaults\n  mode http\n  timeout connect 5s\n  timeout client 5s\n"
         "  timeout server 5s\nfrontend lab\n" +
         bind + "\n  http-request return status 200\n";
}

void Haproxy::break_config() const { write_file(config_file(), config() + "no-such-word\n"); }

}  // namespace certmgr::lab
