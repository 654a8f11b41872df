// SPDX-License-Identifier: MIT
#include "integration/strict_ca/challenge_server.h"

#include <httplib.h>

#include <stdexcept>

#include "lab/ports.h"

namespace certmgr::lab::testing {
namespace {

std::string loopback(int port) { return "127.0.0.1:" + std::to_string(port); }

/// Its flag for the DNS server was renamed in later versions.
std::string dns_flag(const std::filesystem::path& program, const TempDir& dir) {
  Process help(
      {.command = {program.string(), "-help"}, .environment = own_environment(), .output = dir / "help.txt"});
  if (!help.wait(std::chrono::seconds(10))) throw std::runtime_error("no help from " + program.string());
  return help.output().find("-dnsserver") != std::string::npos ? "-dnsserver" : "-dns01";
}

}  // namespace

ChallengeServer::ChallengeServer()
    : management_port_(free_port()), http_port_(free_port()), tls_port_(free_port()), dns_port_(free_port()) {
  const auto program = find_program("pebble-challtestsrv", "PEBBLE_CHALLTESTSRV");
  process_.emplace(ProcessOptions{
      .command = {program.string(), "-management", loopback(management_port_), dns_flag(program, dir_),
                  loopback(dns_port_), "-http01", loopback(http_port_), "-tlsalpn01", loopback(tls_port_),
                  "-https01", "", "-defaultIPv6", ""},
      .environment = own_environment(),
      .output = dir_ / "log.txt"});
  const bool up = wait_until([&] {
    if (!process_->running()) return true;
    bool all = true;
    for (const int port : {management_port_, http_port_, tls_port_, dns_port_})
      all = all && port_accepts("127.0.0.1", port);
    return all;
  });
  if (!up || !process_->running())
    throw std::runtime_error("pebble-challtestsrv did not start:\n" + process_->output());
}

void ChallengeServer::manage(const std::string& path, const nlohmann::json& request) const {
  httplib::Client client("127.0.0.1", management_port_);
  const auto reply = client.Post(path, request.dump(), "application/json");
  if (!reply || reply->status != 200) throw std::runtime_error("pebble-challtestsrv refused " + path);
}

void ChallengeServer::show_http(const std::string& token, const std::string& content) const {
  manage("/add-http01", {{"token", token}, {"content", content}});
}
void ChallengeServer::redirect_http(const std::string& path, const std::string& target) const {
  manage("/add-redirect", {{"path", path}, {"targetURL", target}});
}
void ChallengeServer::show_tls_alpn(const std::string& host, const std::string& key_authorization) const {
  manage("/add-tlsalpn01", {{"host", host}, {"content", key_authorization}});
}
void ChallengeServer::add_txt(const std::string& name, const std::string& value) const {
  manage("/set-txt", {{"host", name + "."}, {"value", value}});
}
void ChallengeServer::clear_txt(const std::string& name) const {
  manage("/clear-txt", {{"host", name + "."}});
}
void ChallengeServer::set_alias(const std::string& name, const std::string& target) const {
  manage("/set-cname", {{"host", name + "."}, {"target", target + "."}});
}
void ChallengeServer::set_servfail(const std::string& name) const {
  manage("/set-servfail", {{"host", name + "."}});
}

}  // namespace certmgr::lab::testing
