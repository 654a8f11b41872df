// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "certmgr/domain/instant.h"
#include "certmgr/domain/trouble.h"
#include "cli/output.h"

namespace certmgr::cli {

enum class LogFormat {
  journal,   // "<6>text": the journal knows the time and the program, and takes the priority off
  terminal,  // "08:15:30.123 text", local time
  plain,     // "2026-10-09T06:15:30.123Z info text"
};

enum class LogLevel { debug, info, warning, error };

/// "auto", "journal", "terminal" or "plain" (--log-format); auto looks at where stderr leads.
LogFormat log_format(std::string_view word);
/// Whether `fd` is the stream that $JOURNAL_STREAM ("DEVICE:INODE") speaks of: it may have been redirected
/// since.
bool leads_to_journal(const char* journal_stream, int fd);
/// One entry as it is written, with a line break at its end. A text of several lines stays one entry for
/// the eye; control characters do not come through.
std::string log_entry(LogFormat format, LogLevel level, Instant at, const std::string& text);

/// Sets up spdlog on stderr: nothing but with --verbose, as a command that is done soon has its own output.
void set_up_log(const GlobalOptions& options);
/// From here on a service speaks: what is done and what went wrong is logged too.
void log_as_service();
/// "web: cannot deploy: why; try: hint code=hook_failed retry_at=..."
void log_trouble(const std::string& subject, const Trouble& trouble);

}  // namespace certmgr::cli
