// SPDX-License-Identifier: MIT
#include "certmgr/services/alarm_desk.h"

namespace certmgr {

bool AlarmDesk::raise(const AlarmDraft& draft) {
  std::vector<std::string> channels;
  for (const auto& channel : notifier_.channels())
    if (notifier_.wants(channel, draft.kind)) channels.push_back(channel);
  return alarms_.raise(draft, channels);
}

// The store knows who was told, which need not be who would be told today.
bool AlarmDesk::clear(AlarmKind kind, const std::string& subject) { return alarms_.clear(kind, subject); }

}  // namespace certmgr
