// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "certmgr/ports/service_manager.h"

namespace certmgr::platform {

/// The notification protocol of sd_notify(3). Nothing is sent without $NOTIFY_SOCKET, and a message that
/// cannot be delivered is no failure of ours.
class SystemdServiceManager final : public ServiceManager {
 public:
  void ready() override;
  void reloading() override;
  void status(const std::string& text) override;
  void stopping() override;
  [[nodiscard]] std::optional<Duration> watchdog() const override;
  void keep_alive() override;
};

}  // namespace certmgr::platform
