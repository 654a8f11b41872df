// SPDX-License-Identifier: MIT
#include "adapters/notify/channels.h"

#include "adapters/notify/command.h"
#include "adapters/notify/mail.h"
#include "adapters/notify/notice_document.h"
#include "adapters/notify/webhook.h"

namespace certmgr::notify {
namespace {

std::unique_ptr<Channel> open(const NotifyChannel& settings, const Clock& clock) {
  const Duration limit = settings.timeout;
  if (const auto* mail = std::get_if<MailChannel>(&settings.way))
    return std::make_unique<Mail>(settings.name, *mail, limit, clock);
  if (const auto* webhook = std::get_if<WebhookChannel>(&settings.way))
    return std::make_unique<Webhook>(settings.name, *webhook, limit, clock);
  return std::make_unique<Command>(settings.name, std::get<CommandChannel>(settings.way), limit, clock);
}

}  // namespace

Channels::Channels(const std::vector<NotifyChannel>& settings, const Clock& clock) {
  for (const auto& one : settings)
    entries_[one.name] = Entry{{one.on.begin(), one.on.end()}, open(one, clock)};
}

std::vector<std::string> Channels::channels() const {
  std::vector<std::string> names;
  for (const auto& [name, entry] : entries_) names.push_back(name);
  return names;
}

bool Channels::wants(const std::string& channel, AlarmKind kind) const {
  const auto found = entries_.find(channel);
  return found != entries_.end() && found->second.on.contains(kind);
}

Result<void> Channels::send(const std::string& channel, const Notice& notice) {
  const auto found = entries_.find(channel);
  if (found == entries_.end())
    return fail(channel_trouble(TroubleKind::usage, "unknown_channel", channel,
                                "there is no [notify." + channel + "] in the configuration",
                                "see 'certmgr notify list'"));
  return found->second.channel->send(presentable(notice));
}

}  // namespace certmgr::notify
