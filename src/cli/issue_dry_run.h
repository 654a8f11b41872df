// SPDX-License-Identifier: MIT
#pragma once

#include "cli/command.h"

namespace certmgr::cli {

/// What a rehearsal needs beside the request: for the account that it makes at the CA for tests.
struct RehearsalTerms {
  bool agreed = false;  // --agree-tos
  std::string email;    // --email
};

/// `issue --dry-run`: the preflight for the CA that is asked for, then a full order at the CA that it has for
/// tests. Nothing is stored, nothing deployed. Returns the exit code.
int dry_run(Session& session, const IssueRequest& request, const RehearsalTerms& terms);

}  // namespace certmgr::cli
