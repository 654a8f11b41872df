// SPDX-License-Identifier: MIT
#include "cli/command_line.h"
#include "config/config.h"
#include "wiring/compose.h"

namespace {

std::unique_ptr<certmgr::Application> open_application(const certmgr::cli::GlobalOptions& options,
                                                       const certmgr::cli::Output& output) {
  using namespace certmgr;
  const std::string path = options.config_given ? options.config_file : config::kDefaultPath;
  auto config = value_or_throw(config::load(path, options.config_given));
  for (const auto& warning : config.warnings) output.warning(warning);
  if (!options.store.empty()) config.store_path = options.store;
  return wiring::compose(config);
}

}  // namespace

int main(int argc, char** argv) { return certmgr::cli::run(argc, argv, open_application); }
