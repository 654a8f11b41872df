// SPDX-License-Identifier: MIT
#include "lab/pebble.h"

#include <httplib.h>

#include <stdexcept>

#include "lab/ports.h"

namespace certmgr::lab {
namespace {

std::string loopback(int port) { return "127.0.0.1:" + std::to_string(port); }

/// The flags of the DNS server were renamed in later versions; its help tells which ones it has.
std::string help_of(const std::filesystem::path& program, const TempDir& dir) {
  Process help({.command = {program.string(), "-help"},
                .environment = own_environment(),
                .output = dir / "dns-help.txt"});
  if (!help.wait(std::chrono::seconds(10))) throw std::runtime_error("no help from " + program.string());
  return help.output();
}

std::map<std::string, std::string> environment_for(const PebbleOptions& options) {
  auto environment = own_environment();
  environment["PEBBLE_VA_NOSLEEP"] = "1";
  environment["PEBBLE_WFE_NONCEREJECT"] = std::to_string(options.nonce_reject_percent);
  environment["PEBBLE_AUTHZREUSE"] = std::to_string(options.authz_reuse_percent);
  environment["PEBBLE_ALTERNATE_ROOTS"] = std::to_string(options.alternate_roots);
  environment["PEBBLE_CHAIN_LENGTH"] = std::to_string(options.chain_length);
  if (options.always_valid) environment["PEBBLE_VA_ALWAYS_VALID"] = "1";
  return environment;
}

}  // namespace

Pebble::Pebble(const PebbleOptions& options)
    : port_(free_port()),
      management_port_(free_port()),
      dns_port_(free_port()),
      dns_management_port_(free_port()),
      http_port_(options.http_port != 0 ? options.http_port : free_port()),
      tls_port_(free_port()),
      strict_(options.strict),
      environment_(environment_for(options)) {
  write_config(options);
  start_dns(options);
  start();
}

void Pebble::write_config(const PebbleOptions& options) const {
  // Long enough for tests that move the clock.
  write_pair(authority_.issue({"localhost", "127.0.0.1", "::1"}, {.to = 800}), dir_ / "https.pem",
             dir_ / "https.key");
  write_file(ca_file(), authority_.root_pem());
  nlohmann::json settings = {{"listenAddress", loopback(port_)},
                             {"managementListenAddress", loopback(management_port_)},
                             {"certificate", (dir_ / "https.pem").string()},
                             {"privateKey", (dir_ / "https.key").string()},
                             {"httpPort", http_port_},
                             {"tlsPort", tls_port_},
                             {"ocspResponderURL", ""},
                             {"externalAccountBindingRequired", !options.eab_keys.empty()},
                             {"domainBlocklist", options.blocked_domains}};
  if (!options.eab_keys.empty()) settings["externalAccountMACKeys"] = options.eab_keys;
  if (options.validity_seconds != 0) {
    settings["certificateValidityPeriod"] = options.validity_seconds;
    // Later versions take it from here.
    settings["profiles"] = {
        {"default", {{"description", "The only one"}, {"validityPeriod", options.validity_seconds}}}};
  }
  if (options.retry_after_seconds != 0) {
    settings["retryAfter"] = {{"authz", options.retry_after_seconds}, {"order", options.retry_after_seconds}};
  }
  write_file(dir_ / "pebble.json", nlohmann::json{{"pebble", settings}}.dump(2));
}

void Pebble::start_dns(const PebbleOptions& options) {
  const auto program = find_program("pebble-challtestsrv", "PEBBLE_CHALLTESTSRV");
  const auto help = help_of(program, dir_);
  const bool newer = help.find("-dnsserver") != std::string::npos;
  std::vector<std::string> command = {program.string(),
                                      newer ? "-dnsserver" : "-dns01",
                                      loopback(dns_port_),
                                      "-management",
                                      loopback(dns_management_port_),
                                      "-defaultIPv4",
                                      options.default_ipv4,
                                      "-defaultIPv6",
                                      options.default_ipv6};
  for (const char* unused : {"-http01", "-https01", "-tlsalpn01", "-doh"}) {
    if (help.find(std::string("  ") + unused + " ") == std::string::npos) continue;
    command.insert(command.end(), {unused, ""});
  }
  dns_.emplace(ProcessOptions{
      .command = std::move(command), .environment = own_environment(), .output = dir_ / "dns.log"});
  // It answers DNS over TCP on the same port, so that this tells about both of its servers.
  const bool up = wait_until([&] {
    return !dns_->running() ||
           (port_accepts("127.0.0.1", dns_management_port_) && port_accepts("127.0.0.1", dns_port_));
  });
  if (!up || !dns_->running())
    throw std::runtime_error("pebble-challtestsrv did not start:\n" + dns_->output());
}

void Pebble::start() {
  std::vector<std::string> command = {find_program("pebble", "PEBBLE").string(), "-config",
                                      (dir_ / "pebble.json").string(), "-dnsserver", loopback(dns_port_)};
  if (strict_) command.emplace_back("-strict");
  pebble_.emplace(ProcessOptions{
      .command = std::move(command), .environment = environment_, .output = dir_ / "pebble.log"});
  const bool up = wait_until([&] {
    return !pebble_->running() ||
           (port_accepts("127.0.0.1", port_) && port_accepts("127.0.0.1", management_port_));
  });
  if (!up || !pebble_->running()) throw std::runtime_error("pebble did not start:\n" + log());
}

void Pebble::stop() { pebble_->end(); }

std::string Pebble::directory_url() const { return "https://" + loopback(port_) + "/dir"; }

namespace {

std::string management_get(int port, const std::filesystem::path& ca_file, const std::string& path) {
  httplib::SSLClient client("127.0.0.1", port);
  client.set_ca_cert_path(ca_file.c_str());
  client.enable_server_certificate_verification(true);
  const auto reply = client.Get(path);
  if (!reply) throw std::runtime_error("pebble's management interface does not answer");
  return reply->status == 200 ? reply->body : std::string();
}

}  // namespace

std::string Pebble::root_pem(int number) const {
  return management_get(management_port_, ca_file(), "/roots/" + std::to_string(number));
}

std::string Pebble::intermediate_pem(int number) const {
  return management_get(management_port_, ca_file(), "/intermediates/" + std::to_string(number));
}

std::string Pebble::status_of_serial(const std::string& hex_serial) const {
  const auto body = management_get(management_port_, ca_file(), "/cert-status-by-serial/" + hex_serial);
  const auto reply = nlohmann::json::parse(body, nullptr, false);
  return reply.is_object() ? reply.value("Status", "") : std::string();
}

void Pebble::manage_dns(const std::string& path, const nlohmann::json& request) const {
  httplib::Client client("127.0.0.1", dns_management_port_);
  const auto reply = client.Post(path, request.dump(), "application/json");
  if (!reply || reply->status != 200) throw std::runtime_error("pebble-challtestsrv refused " + path);
}

void Pebble::set_default_ipv4(const std::string& address) const {
  manage_dns("/set-default-ipv4", {{"ip", address}});
}

void Pebble::set_a(const std::string& name, const std::vector<std::string>& addresses) const {
  manage_dns("/add-a", {{"host", name + "."}, {"addresses", addresses}});
}

void Pebble::set_servfail(const std::string& name) const {
  manage_dns("/set-servfail", {{"host", name + "."}});
}

void Pebble::forget_name(const std::string& name) const {
  manage_dns("/clear-a", {{"host", name + "."}});
  manage_dns("/clear-servfail", {{"host", name + "."}});
}

}  // namespace certmgr::lab
