// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "certmgr/domain/trouble.h"

namespace certmgr {

/// Looks at this host without changing anything. Thread-safe.
class HostView {
 public:
  virtual ~HostView() = default;
  /// Of all its interfaces, in their one text form.
  [[nodiscard]] virtual std::vector<std::string> addresses() const = 0;
  /// A file with a secret: there, readable for us, and for nobody but its owner. Trouble "secret_file".
  [[nodiscard]] virtual Result<void> check_secret(const std::string& path) const = 0;
  /// A private key where a server reads it: there, and nothing that others may read. A group may. Troubles
  /// "file_missing", "key_exposed".
  [[nodiscard]] virtual Result<void> check_key_in_place(const std::string& path) const = 0;
  /// A program that is run with our rights: executable, and nobody else's to change. Trouble
  /// "program_unusable".
  [[nodiscard]] virtual Result<void> check_program(const std::string& path) const = 0;
};

}  // namespace certmgr
