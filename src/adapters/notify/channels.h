// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "adapters/notify/channel.h"
#include "certmgr/domain/notify_channel.h"
#include "certmgr/ports/clock.h"
#include "certmgr/ports/notifier.h"

namespace certmgr::notify {

/// The configured channels by name.
class Channels final : public Notifier {
 public:
  /// The settings are those the configuration has accepted.
  Channels(const std::vector<NotifyChannel>& settings, const Clock& clock);

  [[nodiscard]] std::vector<std::string> channels() const override;
  [[nodiscard]] bool wants(const std::string& channel, AlarmKind kind) const override;
  Result<void> send(const std::string& channel, const Notice& notice) override;

 private:
  struct Entry {
    std::set<AlarmKind> on;
    std::unique_ptr<Channel> channel;
  };
  std::map<std::string, Entry> entries_;
};

}  // namespace certmgr::notify
