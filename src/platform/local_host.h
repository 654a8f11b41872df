// SPDX-License-Identifier: MIT
#pragma once

#include "certmgr/ports/host_view.h"

namespace certmgr::platform {

/// The HostView port over the system's calls.
class LocalHost final : public HostView {
 public:
  [[nodiscard]] std::vector<std::string> addresses() const override;
  [[nodiscard]] Result<void> check_secret(const std::string& path) const override;
  [[nodiscard]] Result<void> check_key_in_place(const std::string& path) const override;
  [[nodiscard]] Result<void> check_program(const std::string& path) const override;
};

}  // namespace certmgr::platform
