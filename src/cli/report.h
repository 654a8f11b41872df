// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "cli/command.h"

namespace certmgr::cli {

/// Tells how issue, renew or deploy ended, and returns the exit code for it.
int tell(Session& session, const IssueReport& report);
/// The same for several certificates of one command; the worst of them is the exit code.
int tell_all(Session& session, const std::vector<IssueReport>& reports);

/// Tells what a daemon, or the store in its place, has answered.
int tell(const Session& session, const answers::Answer& answer);

/// The parts, for commands that collect several reports.
nlohmann::ordered_json report_view(Application& app, const IssueReport& report);
std::string report_text(Application& app, const IssueReport& report);
int report_code(const IssueReport& report);

/// "verified: https://127.0.0.1:443 presents it", "rolled_back", ...
std::string deployment_text(const DeployResult& result);

}  // namespace certmgr::cli
