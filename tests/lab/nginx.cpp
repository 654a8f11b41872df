// SPDX-License-Identifier: MIT
#include "lab/nginx.h"

#include <unistd.h>

#include <stdexcept>

#include "lab/ports.h"

namespace certmgr::lab {
namespace {

std::string server_block(const std::string& listen, const std::string& name,
                         const std::filesystem::path& fullchain, const std::filesystem::path& key,
                         const std::string& locations) {
  return "  server {\n    listen " + listen + ";\n    server_name " + name + ";\n    ssl_certificate " +
         fullchain.string() + ";\n    ssl_certificate_key " + key.string() + ";\n" + locations + "  }\n";
}

}  // namespace

Nginx::Nginx(const NginxOptions& options) : options_(options), program_(find_program("nginx")) {
  if (options_.port == 0) options_.port = free_port();
  std::filesystem::create_directories(dir_ / "temp");
  std::filesystem::create_directories(dir_ / "www/slow");
  write_file(dir_ / "www/slow/file", std::string(options_.download_bytes, 'x'));
  repair_config();
  auto environment = own_environment();
  for (const auto& [name, value] : options_.environment) environment[name] = value;
  process_.emplace(ProcessOptions{.command = {program_.string(), "-p", dir_.path().string(), "-c",
                                              config_file().string(), "-g", "daemon off;"},
                                  .environment = std::move(environment),
                                  .output = dir_ / "output.log"});
  const bool up =
      wait_until([&] { return !process_->running() || port_accepts("127.0.0.1", options_.port); });
  if (!up || !process_->running()) {
    throw std::runtime_error("nginx did not start:\n" + process_->output() + error_log());
  }
}

std::string Nginx::config() const {
  const auto dir = dir_.path().string();
  const auto listen = "127.0.0.1:" + std::to_string(options_.port) + " ssl";
  std::string text;
  // Started by root it would serve as nobody, who may not enter the folder.
  if (geteuid() == 0) text += "user root;\n";
  for (const auto& [name, value] : options_.environment) text += "env " + name + ";\n";
  text += "worker_processes 2;\npid " + dir + "/nginx.pid;\nerror_log " + dir +
          "/error.log notice;\nevents {}\nhttp {\n  access_log off;\n";
  for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
    text += std::string("  ") + kind + "_temp_path " + dir + "/temp;\n";
  }
  const std::string other = options_.other_key.empty()
                                ? std::string()
                                : "    ssl_certificate " + options_.other_fullchain.string() +
                                      ";\n    ssl_certificate_key " + options_.other_key.string() + ";\n";
  text += server_block(listen + " default_server", "localhost", options_.fullchain, options_.key,
                       other + "    location / { return 200 \"lab\\n\"; }\n    location /slow/ { root " +
                           dir + "/www; limit_rate " + std::to_string(options_.download_rate) + "; }\n");
  if (!options_.second_name.empty()) {
    text += server_block(listen, options_.second_name, options_.second_fullchain, options_.second_key,
                         "    location / { return 200 \"second\\n\"; }\n");
  }
  if (!options_.webroot.empty()) {
    text += "  server {\n    listen 127.0.0.1:" + std::to_string(options_.webroot_port) + ";\n    root " +
            options_.webroot.string() + ";\n  }\n";
  }
  return text + "}\n";
}

std::string Nginx::error_log() const {
  const auto file = dir_ / "error.log";
  return std::filesystem::exists(file) ? read_file(file) : std::string();
}

void Nginx::break_config() const { write_file(config_file(), config() + "no_such_directive on;\n"); }

void Nginx::repair_config() const { write_file(config_file(), config()); }

}  // namespace certmgr::lab
