// SPDX-License-Identifier: MIT
#pragma once

#include "certmgr/domain/alarm.h"
#include "certmgr/domain/trouble.h"

namespace certmgr::notify {

/// One way to reach people. Thread-safe.
class Channel {
 public:
  virtual ~Channel() = default;
  /// The notice is presentable().
  virtual Result<void> send(const Notice& notice) = 0;
};

/// "cannot notify through NAME": what failed, for every trouble of a channel.
inline Trouble channel_trouble(TroubleKind kind, std::string code, const std::string& channel,
                               std::string why, std::string hint) {
  return {.kind = kind,
          .code = std::move(code),
          .what = "cannot notify through " + channel,
          .why = std::move(why),
          .hint = std::move(hint)};
}

}  // namespace certmgr::notify
