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

}  // namespace

int main(int argc, char** argv) {
  platform::inherited_sockets();  // before there are threads that could read the environment
  const cli::WaysIn ways{[](const auto& options, const auto& output, std::optional<DaemonRole> self) {
                           return wiring::compose(configuration(options, output), self);
                         },
                         [](const auto& options, const auto& output) {
                           return wiring::compose_to_look(configuration(options, output));
                         },
                         [](const auto& options, const auto&, std::vector<CaEntry> cas) {
                           auto config = configuration(
                               options, cli::Output({.quiet = true}));  // its warnings were told
                           config.cas = std::move(cas);
                           return wiring::compose_throwaway(std::move(config));
                         },
                         [](DaemonRole role, bool once, const auto& compose, Progress& progress) {
                           return daemon::run({role, once}, compose, progress);
                         }};
  return cli::run(argc, argv, ways);
}
