// SPDX-License-Identifier: MIT
#include "cli/command_line.h"
#include "config/config.h"
#include "daemon/daemon.h"
#include "platform/inherited_sockets.h"
#include "wiring/compose.h"

namespace {

std::unique_ptr<certmgr::Application> open_application(const certmgr::cli::GlobalOptions& options,
                                                       const certmgr::cli::Output& output,
                                                       std::optional<certmgr::DaemonRole> self) {
  using namespace certmgr;
  const std::string path = options.config_given ? options.config_file : config::kDefaultPath;
  auto config = value_or_throw(config::load(path, options.config_given));
  for (const auto& warning : config.warnings) output.warning(warning);
  if (!options.store.empty()) config.store_path = options.store;
  return wiring::compose(config, self);
}

}  // namespace

int main(int argc, char** argv) {
  certmgr::platform::inherited_sockets();  // before there are threads that could read the environment
  const certmgr::cli::WaysIn ways{open_application, [](certmgr::DaemonRole role, bool once,
                                                       const auto& compose, certmgr::Progress& progress) {
                                    return certmgr::daemon::run({role, once}, compose, progress);
                                  }};
  return certmgr::cli::run(argc, argv, ways);
}
