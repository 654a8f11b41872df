// SPDX-License-Identifier: MIT
// The strict CA as a program, for scripts and for trying things by hand. It says on its first line where it
// is, as JSON, and serves until SIGINT or SIGTERM.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "lab/ports.h"
#include "lab/strict_ca/customers.h"
#include "lab/strict_ca/desk_commands.h"
#include "lab/strict_ca/strict_ca.h"
#include "lab/strict_ca/web_server.h"

namespace {

using certmgr::lab::StrictCa;
using certmgr::lab::strict::Behaviour;
using certmgr::lab::strict::ExternalAccount;
using certmgr::lab::strict::Profile;
using certmgr::lab::strict::StrictCaOptions;
using certmgr::lab::strict::WebServer;

struct Settings {
  StrictCaOptions options;
  Behaviour behaviour;
  std::vector<std::string> profiles;
  std::vector<std::string> external_accounts;  // KID:MACKEY
  std::string customers;                       // file
  int desk_port = -1;                          // 0: picked
  long validity_seconds = 0;
  long directory_seconds = 0;
  bool hashed_persist = false;
};

void add_flags(CLI::App& app, Settings& settings) {
  auto& [options, behaviour, profiles, external, customers, desk, validity, directory_age, hashed] = settings;
  app.add_option("--port", options.port, "HTTPS port on 127.0.0.1; default: a free one");
  app.add_option("--list-port", options.list_port, "port of CRLs and CA certificates (http)");
  app.add_option("--http-port", options.http_port, "where http-01 proofs are looked for");
  app.add_option("--tls-port", options.tls_port, "where tls-alpn-01 proofs are looked for");
  app.add_option("--dns", options.dns_server, "ADDRESS:PORT of the DNS server to ask");
  app.add_option("--profile", profiles, "NAME or NAME=LEVEL (dv, ov, ev) to offer; may be repeated");
  app.add_option("--eab", external, "KID:MACKEY (base64url); accounts must then be bound");
  app.add_option(
      "--customers", customers,
      "JSON file: {KID: {mac_key, level, single_use, organization: {name, country, ...}}}; accounts "
      "need none of them unless there is --eab or --eab-required");
  app.add_option("--desk-port", desk,
                 "port on 127.0.0.1 of the vetting desk, 0 for a free one: POST `list`, `approve ORDER`, "
                 "`downgrade ORDER`, `placeholder ORDER`, `ask ORDER URL` or `refuse ORDER TEXT`");
  app.add_flag("--eab-required", behaviour.external_account_required, "no account without a customer");
  app.add_flag("--hold", behaviour.hold_orders, "orders wait on the desk after finalize");
  app.add_flag("--placeholder-first", behaviour.placeholder_first,
               "what is held for OV or EV has a DV certificate meanwhile");
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
  for (const auto& text : settings.profiles) {
    const auto equals = text.find('=');
    const auto name = text.substr(0, equals);
    Profile profile{.description = "the profile " + name};
    if (equals != std::string::npos) {
      profile.level = certmgr::lab::strict::parse_level(text.substr(equals + 1));
      if (!profile.level) throw CLI::ValidationError("--profile", "the level is dv, ov or ev");
    }
    settings.options.profiles[name] = profile;
  }
  if (!settings.customers.empty())
    settings.options.external_accounts = certmgr::lab::strict::read_customers(settings.customers);
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
  nlohmann::json about{{"directory", ca.directory_url()},
                       {"ca_bundle", ca.ca_file().string()},
                       {"http_port", ca.http_port()},
                       {"tls_port", ca.tls_port()},
                       {"crl", ca.crl_url()},
                       {"root", ca.root_pem()}};
  std::optional<WebServer> desk;
  if (settings.desk_port >= 0) {
    const int port = settings.desk_port == 0 ? certmgr::lab::free_port() : settings.desk_port;
    desk.emplace(port, [&ca](const auto& request) { return certmgr::lab::strict::answer_desk(ca, request); });
    about["desk"] = "http://127.0.0.1:" + std::to_string(port);
  }
  std::cout << about.dump() << std::endl;
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
