// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "adapters/dns_providers/environment_file.h"
#include "certmgr/domain/instant.h"

namespace certmgr::dns_providers {

/// What all runs of one provider's programs have in common.
struct HookSettings {
  std::string provider;          // of [dns.NAME]
  std::string environment_file;  // empty: none
  Duration limit = std::chrono::seconds(60);
};

struct HookRun {
  std::string what;  // begins the trouble: "cannot add the TXT record ..."
  std::string program;
  std::vector<std::string> arguments = {};
  std::vector<std::string> scripts = {};  // what the program reads and carries out
  Variables defaults = {};                // the environment file goes before these
  Variables variables = {};               // and these before the environment file
};

struct HookEnd {
  int exit_code = 0;
  std::string answer;  // stdout
  std::string output;  // stderr, then stdout, for a person
};

/// Runs somebody else's program, without a shell, in a clean environment (PATH, HOME, LANG and the variables
/// above). Any exit status is a value; troubles are "dns_hook_unsafe", "dns_hook_not_started",
/// "dns_hook_timeout", "dns_hook_killed" and those of the environment file.
Result<HookEnd> run_hook(const HookSettings& settings, const HookRun& run);

/// The trouble "dns_hook_failed" for a status other than 0; 75 (EX_TEMPFAIL) is transient.
Result<void> expect_success(const HookSettings& settings, const HookRun& run, const Result<HookEnd>& end);

}  // namespace certmgr::dns_providers
