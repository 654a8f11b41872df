// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "certmgr/domain/trouble.h"

namespace certmgr {

/// Told what is being done while it is being done. Called from several threads.
class Progress {
 public:
  virtual ~Progress() = default;
  /// `subject`: label or server; `text`: "asking the CA to validate pbx.example.com".
  virtual void step(const std::string& subject, const std::string& text) = 0;
  /// Something that did not stop the work but should be read.
  virtual void warn(const std::string& subject, const std::string& text) = 0;
  /// A step came to nothing. Nobody waits for the end of a service's work, so its log must say so; a
  /// command tells its user at the end.
  virtual void trouble(const std::string&, const Trouble&) {}
};

}  // namespace certmgr
