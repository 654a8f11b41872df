// SPDX-License-Identifier: MIT
// The strict CA as a program, for scripts and for trying things by hand. It says on its first line where it
// is, as JSON, and serves until SIGINT or SIGTERM.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "lab/strict_ca/strict_ca.h"

namespace {

using certmgr::lab::StrictCa;
using certmgr::lab::strict::Behaviour;
using certmgr::lab::strict::ExternalAccount;
using certmgr::lab::strict::Profile;
using certmgr::lab::strict::StrictCaOptions;

struct Settings {
  StrictCaOptions options;
  Behaviour behaviour;
  std::vector<std::string> profiles;
  std::vector<std::string> external_accounts;  // KID:MACKEY
  long validity_seconds = 0;
  long directory_seconds = 0;
  bool hashed_persist = false;
};

void add_flags(CLI::App& app, Settings& settings) {
  auto& [options, behaviour, profiles, external, validity, directory_age, hashed] = settings;
  app.add_option("--port", options.port, "HTTPS port on 127.0.0.1; default: a free one");
  app.add_option("--list-port", options.list_port, "port of CRLs and CA certificates (http)");
  app.add_option("--http-port", options.http_port, "where http-01 proofs are looked for");
  app.add_option("--tls-port", options.tls_port, "where tls-alpn-01 proofs are looked for");
  app.add_option("--dns", options.dns_server, "ADDRESS:PORT of the DNS server to ask");
  app.add_option("--profile", profiles, "name of a profile to offer; may be repeated");
  app.add_option("--eab", external, "KID:MACKEY (base64url); accounts must then be bound");
  app.add_option("--validity", validity, "seconds that certificates live");
  app.add_option("--directory-age", directory_age, "seconds that the directory may be kept");
  app.add_option("--bad-nonces", behaviour.bad_nonce_percent, "percent of good nonces refused");
  app.add_option("--processing-polls", behaviour.processing_polls, "polls that still show `processing`");
  app.add_option("--retry-after", behaviour.retry_after_order, "Retry-After of orders");
  app.add_flag("--new-authz", options.new_authz, "offer newAuthz");
  app.add_flag("--always-valid", behaviour.always_valid, "accept every proof without looking");
  app.add_flag("--reuse-authorizations", behaviour.reuse_authorizations, "valid ones count again");
  app.add_flag("--unknown-members", behaviour.unknown_members, "members nobody knows in every answer");
  app.add_flag("--hashed-persist", hashed, "dns-persist-01 as in draft -02");
}

void conclude(Settings& settings) {
  for (const auto& name : settings.profiles)
    settings.options.profiles[name] = Profile{.description = "the profile " + name};
  for (const auto& pair : settings.external_accounts) {
    const auto colon = pair.find(':');
    if (colon == std::string::npos) throw CLI::ValidationError("--eab", "must be KID:MACKEY");
    settings.options.external_accounts[pair.substr(0, colon)] =
        ExternalAccount{.mac_key = pair.substr(colon + 1)};
    settings.behaviour.external_account_required = true;
  }
  if (settings.validity_seconds > 0)
    settings.options.validity = std::chrono::seconds(settings.validity_seconds);
  settings.options.directory_max_age = std::chrono::seconds(settings.directory_seconds);
  if (settings.hashed_persist) settings.behaviour.persist_draft = certmgr::lab::strict::PersistDraft::hashed;
}

void run(const Settings& settings, const sigset_t& ends) {
  StrictCa ca(settings.options);
  ca.change([&](Behaviour& behaviour) { behaviour = settings.behaviour; });
  std::cout << nlohmann::json{{"directory", ca.directory_url()},
                              {"ca_bundle", ca.ca_file().string()},
                              {"http_port", ca.http_port()},
                              {"tls_port", ca.tls_port()},
                              {"crl", ca.crl_url()},
                              {"root", ca.root_pem()}}
                   .dump()
            << std::endl;
  int signal = 0;
  sigwait(&ends, &signal);
  for (const auto& line : ca.violations()) std::cout << "violation: " << line << '\n';
  std::cout << ca.count() << " requests" << std::endl;
}

int start(int argc, char** argv) {
  CLI::App app("A strict ACME CA for tests, on loopback");
  Settings settings;
  add_flags(app, settings);
  try {
    app.parse(argc, argv);
    conclude(settings);
  } catch (const CLI::ParseError& wrong) {
    return app.exit(wrong);
  }
  // Before any thread is there, so that all of them leave these signals to sigwait.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  run(settings, ends);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return start(argc, argv);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "certmgr_strict_ca: %s\n", failure.what());
    return 1;
  }
}
