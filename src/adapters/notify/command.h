// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "adapters/notify/channel.h"
#include "certmgr/domain/notify_channel.h"
#include "certmgr/ports/clock.h"

namespace certmgr::notify {

/// Runs a program with the JSON document on its stdin. No shell.
class Command final : public Channel {
 public:
  Command(std::string name, CommandChannel settings, Duration limit, const Clock& clock);
  Result<void> send(const Notice& notice) override;

 private:
  std::string name_;
  CommandChannel settings_;
  Duration limit_;
  const Clock& clock_;
};

}  // namespace certmgr::notify
