// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "adapters/notify/channel.h"
#include "certmgr/domain/notify_channel.h"
#include "certmgr/ports/clock.h"

namespace certmgr::notify {

/// E-mail through a mail server (SMTP), by libcurl.
class Mail final : public Channel {
 public:
  Mail(std::string name, MailChannel settings, Duration limit, const Clock& clock);
  Result<void> send(const Notice& notice) override;

 private:
  [[nodiscard]] std::string server() const;

  std::string name_;
  MailChannel settings_;
  Duration limit_;
  const Clock& clock_;
};

}  // namespace certmgr::notify
