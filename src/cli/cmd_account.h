// SPDX-License-Identifier: MIT
#pragma once

#include "cli/command.h"

namespace certmgr::cli {

/// The CA that was named, else the default one.
std::string chosen_ca(Application& app, const std::string& named);
/// account_view() for people.
std::string account_text(const nlohmann::ordered_json& view);
/// `account rotate-key`, `deactivate` and `orders`.
void add_account_changes(CLI::App& group, Action& chosen);

}  // namespace certmgr::cli
