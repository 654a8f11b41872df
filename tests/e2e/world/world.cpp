// SPDX-License-Identifier: MIT
#include "e2e/world/world.h"

#include <filesystem>

namespace certmgr::e2e {
namespace fs = std::filesystem;

namespace {

lab::CertmgrConfig with_extra(lab::CertmgrConfig config, const std::string& extra) {
  config.extra = extra;
  return config;
}

}  // namespace

World::World(const lab::PebbleOptions& options, const std::string& extra_config)
    : pebble(options), certmgr(CERTMGR_TEST_PROGRAM, with_extra(lab::config_for(pebble), extra_config)) {}

lab::FaultProxy& World::put_proxy_before_ca(const std::string& extra_config) {
  proxy = std::make_unique<lab::FaultProxy>(pebble);
  certmgr.write_config(with_extra(lab::config_for(pebble, *proxy), extra_config));
  return *proxy;
}

fs::path World::placeholder(const std::string& folder) const {
  const fs::path dir = files / folder;
  fs::create_directories(dir);
  lab::write_pair(lab::self_signed({"placeholder.example.com"}), dir / "fullchain.pem", dir / "key.pem");
  return dir;
}

std::string World::nginx_target() const { return "https://127.0.0.1:" + std::to_string(nginx->port()); }

std::string World::kamailio_target() const { return "sips://127.0.0.1:" + std::to_string(kamailio->port()); }

void World::start_nginx() {
  const fs::path dir = placeholder("nginx");
  nginx.emplace(lab::NginxOptions{.fullchain = dir / "fullchain.pem", .key = dir / "key.pem"});
  const auto added =
      run({"server", "add", "web", "--type", "nginx", "--key", (dir / "key.pem").string(), "--fullchain",
           (dir / "fullchain.pem").string(), "--set", "nginx_bin=" + nginx->program().string(), "--set",
           "nginx_conf=" + nginx->config_file().string(), "--verify", nginx_target()});
  ASSERT_EQ(added.exit_code, 0) << added.errors;
}

void World::start_kamailio() {
  const fs::path dir = placeholder("kamailio");
  kamailio.emplace(lab::KamailioOptions{.fullchain = dir / "fullchain.pem", .key = dir / "key.pem"});
  const auto added = run({"server", "add", "pbx", "--type", "kamailio", "--key", (dir / "key.pem").string(),
                          "--fullchain", (dir / "fullchain.pem").string(), "--mode", "0640", "--set",
                          "kamcmd_socket=" + kamailio->kamcmd_socket(), "--verify", kamailio_target()});
  ASSERT_EQ(added.exit_code, 0) << added.errors;
}

void World::register_files(const std::string& name, const Arguments& more) {
  const fs::path dir = placeholder(name);
  Arguments arguments{"server",
                      "add",
                      name,
                      "--type",
                      "generic",
                      "--key",
                      (dir / "key.pem").string(),
                      "--fullchain",
                      (dir / "fullchain.pem").string()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const auto added = run(arguments);
  ASSERT_EQ(added.exit_code, 0) << added.errors;
}

json World::run_json(Arguments arguments, int code) const {
  arguments.emplace_back("--json");
  const auto outcome = run(arguments);
  EXPECT_EQ(outcome.exit_code, code) << outcome.output << outcome.errors;
  return outcome.json();
}

std::string World::served_by_nginx() const { return lab::tls_fingerprint("127.0.0.1", nginx->port()); }
std::string World::served_by_kamailio() const { return lab::tls_fingerprint("127.0.0.1", kamailio->port()); }

std::string World::stored_fingerprint(const std::string& label) const {
  return run_json({"show", label})["certificate"]["fingerprint_sha256"];
}

std::vector<std::string> World::leftovers() const {
  std::vector<std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(files.path()))
    if (entry.path().filename().string().find(".certmgr-") != std::string::npos)
      found.push_back(entry.path().string());
  return found;
}

fs::path write_hook(const fs::path& path, const std::string& script) {
  lab::write_file(path, "#!/bin/sh\n" + script);
  fs::permissions(path, fs::perms::owner_all);
  return path;
}

}  // namespace certmgr::e2e
