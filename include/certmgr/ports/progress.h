// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace certmgr {

/// Told what is being done while it is being done. Called from several threads.
class Progress {
 public:
  virtual ~Progress() = default;
  /// `subject`: label or server; `text`: "asking the CA to validate pbx.example.com".
  virtual void step(const std::string& subject, const std::string& text) = 0;
  /// Something that did not stop the work but should be read.
  virtual void warn(const std::string& subject, const std::string& text) = 0;
};

}  // namespace certmgr
