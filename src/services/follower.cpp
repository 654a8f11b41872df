// SPDX-License-Identifier: MIT
#include "services/follower.h"

namespace certmgr {
namespace {

constexpr int kPage = 500;

}  // namespace

void Follower::look(Progress& progress) {
  const std::scoped_lock lock(mutex_);
  if (seen_ < 0) {
    seen_ = events_.last_seq();
    return;
  }
  for (const auto& event : events_.events_after(seen_, kPage)) {
    seen_ = event.seq;
    const auto server = event.draft.data.find("server");
    const bool ours = subjects_.contains(event.draft.subject) ||
                      (server != event.draft.data.end() && subjects_.contains(server->second));
    const bool work = event.draft.kind.starts_with("order.") || event.draft.kind.starts_with("deployment.");
    if (ours && work) progress.step(event.draft.subject, sentence(event.draft));
  }
}

}  // namespace certmgr
