// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "certmgr/services/server_registry.h"

namespace certmgr::cli {

/// The options of `server add` and `server set` as typed.
struct ServerOptions {
  std::string name, type, key, cert, chain, fullchain, combined, owner, mode, hook, only, beside;
  std::vector<std::string> settings, verify, clear;
};

void describe_server(CLI::App& command, ServerOptions& options, bool adding);

/// Throw Failure (kind usage) for what cannot be understood.
Server new_server(const ServerOptions& options);
ServerChange change_of(const ServerOptions& options);

}  // namespace certmgr::cli
