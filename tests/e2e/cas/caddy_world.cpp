// SPDX-License-Identifier: MIT
#include "caddy_world.h"

#include <filesystem>
#include <sstream>

#include "lab/own_network.h"

namespace certmgr::e2e {
namespace {

constexpr const char* kEverywhereHere = "@ IN NS ns1\nns1 IN A 127.0.0.1\n* IN A 127.0.0.1\n";

std::string ways_besides_http(const std::string& key_file) {
  return "[challenge.tls-alpn-01]\nlisten = \"127.0.0.1:443\"\n"
         "[challenge.dns-01]\nprovider = \"lab\"\n"
         "[dns.lab]\ntype = \"rfc2136\"\nserver = \"127.0.0.1\"\nzone = \"test\"\nkey_file = \"" +
         key_file + "\"\n";
}

}  // namespace

void WithCaddy::SetUp() {
  // For all tests of this program: there is no way back out.
  static const std::string why_not = lab::enter_own_network();
  if (!why_not.empty()) GTEST_SKIP() << why_not;
  const lab::LabKey key;
  const auto key_file = dir_ / "lab.key";
  lab::write_file(key_file, key.file());
  std::filesystem::permissions(key_file, std::filesystem::perms(0600));
  dns_.emplace(lab::KnotOptions{
      .address = "127.0.0.1", .port = 53, .zones = {{{"test", kEverywhereHere}, "", false}}, .key = key});
  caddy_.emplace();
  certmgr_.emplace(CERTMGR_TEST_PROGRAM, lab::CertmgrConfig{.directory_url = caddy_->directory_url(),
                                                            .ca_bundle = caddy_->ca_file(),
                                                            .http_port = 80,
                                                            .preflight = "dns = true\n",
                                                            .extra = ways_besides_http(key_file.string())});
}

Outcome WithCaddy::run(const Arguments& arguments, int code) const {
  auto outcome = run(arguments);
  EXPECT_EQ(outcome.exit_code, code) << outcome.output << outcome.errors << caddy_->log();
  return outcome;
}

json WithCaddy::run_json(Arguments arguments, int code) const {
  arguments.emplace_back("--json");
  return run(arguments, code).json();
}

int WithCaddy::requests(const Outcome& outcome, const std::string& beginning) {
  std::istringstream lines(outcome.errors);
  int count = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto at = line.find(" debug ");
    if (at == std::string::npos || line.find(" https://") == std::string::npos) continue;
    count += line.compare(at + 7, beginning.size(), beginning) == 0 ? 1 : 0;
  }
  return count;
}

}  // namespace certmgr::e2e
