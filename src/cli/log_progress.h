// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "certmgr/ports/progress.h"

namespace certmgr::cli {

/// Progress of a service: a line of the log for every step and warning.
class LogProgress final : public Progress {
 public:
  void step(const std::string& subject, const std::string& text) override;
  void warn(const std::string& subject, const std::string& text) override;
  void trouble(const std::string& subject, const Trouble& trouble) override;

 private:
  bool is_news(const std::string& subject, const std::string& text);

  std::mutex mutex_;
  std::map<std::string, std::string> last_;  // the same is not said twice in a row
};

}  // namespace certmgr::cli
