// SPDX-License-Identifier: MIT
#include "installed.h"

#include "lab/authority.h"
#include "lab/tls_client.h"

namespace certmgr::e2e {

namespace fs = std::filesystem;

namespace {
const fs::path kSource = CERTMGR_TEST_SOURCE_DIR;
}

void Installed::SetUp() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "skip: a sanitizer's library does not work in the services' sandbox";
#endif
  install();
  configure();
  std::string why_not;
  if (!machine_.boot(why_not)) {
    ASSERT_TRUE(why_not.starts_with("skip: ")) << why_not;
    GTEST_SKIP() << why_not;
  }
  succeed({"systemd-sysusers", "/usr/lib/sysusers.d/certmgr.conf"});
  succeed({"systemd-tmpfiles", "--create", "/usr/lib/tmpfiles.d/certmgr.conf"});
}

/// What the package brings.
void Installed::install() const {
  machine_.copy(CERTMGR_TEST_PROGRAM, "/usr/bin/certmgr");
  machine_.copy(kSource / "hooks", "/usr/libexec/certmgr/hooks");
  for (const auto& unit : fs::directory_iterator(kSource / "systemd"))
    if (unit.is_regular_file())
      machine_.copy(unit.path(), fs::path("/etc/systemd/system") / unit.path().filename());
  machine_.copy(kSource / "systemd/sysusers.d/certmgr.conf", "/usr/lib/sysusers.d/certmgr.conf");
  machine_.copy(kSource / "systemd/tmpfiles.d/certmgr.conf", "/usr/lib/tmpfiles.d/certmgr.conf");
}

/// What the administrator writes; the ports of the proofs and of nginx are ours.
void Installed::configure() {
  const CaEntry entry = ca();
  const std::string proofs = "127.0.0.1:" + std::to_string(entry.http_port);
  machine_.put("/etc/certmgr/ca.pem", lab::read_file(entry.bundle));
  machine_.put("/etc/certmgr/certmgr.toml",
               "[store]\npath = \"/var/lib/certmgr/certmgr.db\"\n"
               "[keys]\nencryption = \"file:/etc/certmgr/store.key\"\n"
               "[deploy]\nseal = \"file:/etc/certmgr/deploy.key\"\n"
               "[challenge.http-01]\nlisten = \"" +
                   proofs + "\"\n[preflight]\ndns = false\n" + entry.config);
  machine_.put("/etc/systemd/system/certmgr-http.socket.d/lab.conf",
               "[Socket]\nListenStream=\nListenStream=" + proofs + "\n");
  machine_.put("/etc/systemd/system/certmgr.service.d/lab.conf",
               "[Unit]\nWants=\nWants=certmgr-deploy.service\n");
  const lab::TempDir pair;
  lab::write_pair(lab::self_signed({"placeholder.example.com"}), pair / "fullchain.pem", pair / "key.pem");
  for (const char* file : {"fullchain.pem", "key.pem"})
    machine_.put(fs::path("/etc/nginx/tls") / file, lab::read_file(pair / file));
  machine_.put("/etc/nginx/nginx.conf",
               "user www-data;\npid /run/nginx.pid;\nevents {}\nhttp {\n server {\n  listen 127.0.0.1:" +
                   std::to_string(port_) +
                   " ssl;\n  ssl_certificate /etc/nginx/tls/fullchain.pem;\n"
                   "  ssl_certificate_key /etc/nginx/tls/key.pem;\n }\n}\n");
}

Machine::Ran Installed::succeed(const std::vector<std::string>& command) {
  auto ran = machine_.run(command);
  EXPECT_EQ(ran.code, 0) << command.front() << ": " << ran.output;
  return ran;
}

void Installed::start_nginx() {
  succeed({"certmgr", "server", "add", "web", "--type", "nginx", "--key", "/etc/nginx/tls/key.pem",
           "--fullchain", "/etc/nginx/tls/fullchain.pem", "--set", "nginx_conf=/etc/nginx/nginx.conf",
           "--verify", "https://127.0.0.1:" + std::to_string(port_)});
  succeed({"systemctl", "start", "nginx.service"});
}

void Installed::start_certmgr() {
  succeed({"systemctl", "start", "certmgr-http.socket", "certmgr.service", "certmgr-deploy.service"});
}

nlohmann::json Installed::ask(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "certmgr");
  arguments.emplace_back("--json");
  const auto document = nlohmann::json::parse(machine_.run(arguments).output, nullptr, false);
  return document.is_discarded() ? nlohmann::json() : document;
}

bool Installed::is_served(const std::string& name) {
  const auto shown = ask({"show", name});
  if (!shown.contains("certificate")) return false;
  const auto& wanted = shown["certificate"]["fingerprint_sha256"];
  return wanted.is_string() && lab::tls_fingerprint("127.0.0.1", port_) == wanted.get<std::string>();
}

std::string Installed::journals() { return machine_.journal("certmgr") + machine_.journal("certmgr-deploy"); }

}  // namespace certmgr::e2e
