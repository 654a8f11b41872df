// SPDX-License-Identifier: MIT
#include "cli/command_line.h"
#include "config/config.h"
#include "config/person_name.h"
#include "daemon/daemon.h"
#include "platform/file_access.h"
#include "platform/inherited_sockets.h"
#include "web/peer_client.h"
#include "wiring/compose.h"
#include "wiring/throwaway.h"
#include "wiring/web_tokens.h"

namespace {

using namespace certmgr;

config::Config configuration(const cli::GlobalOptions& options, const cli::Output& output) {
  const std::string path = options.config_given ? options.config_file : config::kDefaultPath;
  auto config = value_or_throw(config::load(path, options.config_given));
  for (const auto& warning : config.warnings) output.warning(warning);
  if (!options.store.empty()) config.store_path = options.store;
  return config;
}

std::unique_ptr<Application> open_application(const cli::GlobalOptions& options, const cli::Output& output,
                                              std::optional<DaemonRole> self) {
  return wiring::compose(configuration(options, output), self);
}

std::unique_ptr<Application> open_to_look(const cli::GlobalOptions& options, const cli::Output& output) {
  return wiring::compose_to_look(configuration(options, output));
}

std::unique_ptr<Application> open_rehearsal(cli::GlobalOptions options, std::vector<CaEntry> cas) {
  options.quiet = true;  // the warnings about the configuration have been told
  auto config = configuration(options, cli::Output(options));
  config.cas = std::move(cas);
  return wiring::compose_throwaway(std::move(config));
}

std::unique_ptr<answers::EnrollmentDoor> open_door(const cli::GlobalOptions& options,
                                                   const cli::Output& output, const std::string& socket) {
  if (!socket.empty()) return std::make_unique<web::PeerClient>(socket);
  const auto config = configuration(options, output);
  if (!platform::is_closed_to_us(config.store_path)) return nullptr;
  if (config.web.socket.empty())
    throw Failure(
        {.kind = TroubleKind::usage,
         .code = "store_closed",
         .what = "cannot look into the store " + config.store_path,
         .why = "it is closed to you, and the configuration names no socket of the daemon",
         .hint = "name it with --socket, or in the configuration ([web] socket); or have root do it"});
  return std::make_unique<web::PeerClient>(config.web.socket);
}

cli::PersonToken new_token(const std::string& person) {
  if (!config::is_person_name(person))
    throw Failure({.kind = TroubleKind::usage,
                   .code = "bad_person",
                   .what = "cannot make a token for '" + person + "'",
                   .why = "it is no name of a person",
                   .hint = "name one person as [roles] does"});
  auto made = wiring::new_token();
  return {std::move(made.token), std::move(made.hash)};
}

int run_daemon(DaemonRole role, bool once, const std::function<std::unique_ptr<Application>()>& compose,
               Progress& progress) {
  return daemon::run({role, once}, compose, progress);
}

}  // namespace

int main(int argc, char** argv) {
  platform::inherited_sockets();  // before there are threads that could read the environment
  return cli::run(argc, argv,
                  {open_application, open_to_look, open_rehearsal, open_door, new_token, run_daemon});
}
