// SPDX-License-Identifier: MIT
#include "cli/command_line.h"
#include "config/config.h"
#include "daemon/daemon.h"
#include "platform/inherited_sockets.h"
#include "wiring/compose.h"
#include "wiring/throwaway.h"

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

int run_daemon(DaemonRole role, bool once, const std::function<std::unique_ptr<Application>()>& compose,
               Progress& progress) {
  return daemon::run({role, once}, compose, progress);
}

}  // namespace

int main(int argc, char** argv) {
  platform::inherited_sockets();  // before there are threads that could read the environment
  return cli::run(argc, argv, {open_application, open_to_look, open_rehearsal, run_daemon});
}
