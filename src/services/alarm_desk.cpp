// SPDX-License-Identifier: MIT
#include "certmgr/services/alarm_desk.h"

namespace certmgr {

std::vector<std::string> AlarmDesk::who_wants(AlarmKind kind) const {
  std::vector<std::string> channels;
  for (const auto& channel : notifier_.channels())
    if (notifier_.wants(channel, kind)) channels.push_back(channel);
  return channels;
}

bool AlarmDesk::raise(const AlarmDraft& draft) { return alarms_.raise(draft, who_wants(draft.kind)); }

void AlarmDesk::remind(const AlarmDraft& draft) { alarms_.remind(draft, who_wants(draft.kind)); }

// The store knows who was told, which need not be who would be told today.
bool AlarmDesk::clear(AlarmKind kind, const std::string& subject) { return alarms_.clear(kind, subject); }

}  // namespace certmgr
