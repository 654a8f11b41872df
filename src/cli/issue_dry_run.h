// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "cli/command.h"
#include "cli/views.h"

namespace certmgr::cli {

/// What a rehearsal needs beside the request: for the account that it makes at the CA for tests.
struct RehearsalTerms {
  bool agreed = false;  // --agree-tos
  std::string email;    // --email
};

/// What a dry run came to.
struct DryRun {
  ordered_json document;
  std::string text;  // for people, unless there is a trouble
  std::optional<Trouble> trouble;
};

/// The preflight for the CA of the certificate, then a full order at the CA that it has for tests. Nothing is
/// stored, nothing deployed. `command` is what to run for the real thing.
DryRun dry_run(Session& session, const CertificateSpec& spec, Duration timeout, const RehearsalTerms& terms,
               const std::string& command);

/// Prints it, and returns the exit code.
int tell(Session& session, DryRun done);

/// `issue --dry-run`
int dry_run(Session& session, const IssueRequest& request, const RehearsalTerms& terms);

}  // namespace certmgr::cli
