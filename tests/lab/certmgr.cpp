// SPDX-License-Identifier: MIT
#include "lab/certmgr.h"

#include <pwd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <utility>

#include "lab/strict_ca/strict_ca.h"

namespace certmgr::lab {

CertmgrConfig config_for(const Pebble& pebble) {
  return {.directory_url = pebble.directory_url(),
          .ca_bundle = pebble.ca_file(),
          .http_port = pebble.http_port()};
}

CertmgrConfig config_for(const Pebble& pebble, const FaultProxy& proxy) {
  auto config = config_for(pebble);
  config.directory_url = proxy.directory_url();
  return config;
}

CertmgrConfig config_for(const StrictCa& ca) {
  return {.directory_url = ca.directory_url(), .ca_bundle = ca.ca_file(), .http_port = ca.http_port()};
}

Certmgr::Certmgr(std::filesystem::path program, const CertmgrConfig& config) : program_(std::move(program)) {
  environment_ = {{"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"},
                  {"HOME", dir_.path().string()},
                  {"LANG", "C.UTF-8"},
                  {"CERTMGR_CONFIG", config_file().string()}};
  // A build with sanitizers is told by these what to do.
  for (const char* name : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name); value != nullptr) environment_[name] = value;
  }
  write_config(config);
}

void Certmgr::write_config(const CertmgrConfig& config) const {
  write_file(config_file(),
             "[store]\npath = \"" + store_file().string() + "\"\n[keys]\nencryption = \"file:" +
                 key_file().string() + "\"\n[defaults]\nca = \"test\"\nemail = \"" + config.email +
                 "\"\nagree_tos = true\n[ca.test]\ndirectory = \"" + config.directory_url +
                 "\"\nca_bundle = \"" + config.ca_bundle.string() +
                 "\"\n[challenge.http-01]\nlisten = \"127.0.0.1:" + std::to_string(config.http_port) +
                 "\"\n[preflight]\n" + config.preflight + config.extra);
}

namespace {

uid_t uid_of(const std::string& user) {
  const auto* entry = getpwnam(user.c_str());
  if (entry == nullptr) throw std::runtime_error("there is no user " + user);
  return entry->pw_uid;
}

}  // namespace

Process Certmgr::start(const std::vector<std::string>& arguments) const {
  return start(arguments, std::nullopt);
}

Process Certmgr::start_as(const std::string& user, const std::vector<std::string>& arguments) const {
  return start(arguments, uid_of(user));
}

Process Certmgr::start(const std::vector<std::string>& arguments, std::optional<uid_t> login,
                       std::optional<uid_t> user) const {
  static std::atomic<int> runs = 0;
  const auto number = std::to_string(++runs);
  std::vector<std::string> command = {program_.string()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return Process({.command = std::move(command),
                  .environment = environment_,
                  .output = dir_ / ("run-" + number + ".out"),
                  .errors = dir_ / ("run-" + number + ".err"),
                  .directory = dir_.path(),
                  .death_signal = SIGKILL,
                  .login = login,
                  .user = user});
}

Outcome Certmgr::outcome_of(Process& process, milliseconds limit) {
  Outcome outcome;
  if (const auto status = process.wait(limit)) {
    outcome.exit_code = *status;
  } else {
    process.signal(SIGKILL);
    process.end();
  }
  outcome.output = process.output();
  outcome.errors = process.errors();
  return outcome;
}

Outcome Certmgr::run(const std::vector<std::string>& arguments, milliseconds limit) const {
  auto process = start(arguments);
  return outcome_of(process, limit);
}

Outcome Certmgr::run_as(const std::string& user, const std::vector<std::string>& arguments,
                        milliseconds limit) const {
  auto process = start_as(user, arguments);
  return outcome_of(process, limit);
}

Outcome Certmgr::run_as_user(const std::string& user, const std::vector<std::string>& arguments,
                             milliseconds limit) const {
  auto process = start(arguments, std::nullopt, uid_of(user));
  return outcome_of(process, limit);
}

}  // namespace certmgr::lab
