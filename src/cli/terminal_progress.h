// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "certmgr/ports/progress.h"
#include "cli/output.h"

namespace certmgr::cli {

/// Progress on stderr: one line that changes on a terminal, plain lines elsewhere, nothing with --quiet.
class TerminalProgress final : public Progress {
 public:
  explicit TerminalProgress(const Output& output);
  ~TerminalProgress() override;
  void step(const std::string& subject, const std::string& text) override;
  void warn(const std::string& subject, const std::string& text) override;

 private:
  void clear_line();

  std::mutex mutex_;
  const bool silent_;
  const bool terminal_;
  bool line_open_ = false;
  std::map<std::string, std::string> last_;  // the same text is not said twice in a row
};

}  // namespace certmgr::cli
