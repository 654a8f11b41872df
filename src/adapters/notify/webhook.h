// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "adapters/notify/channel.h"
#include "certmgr/domain/notify_channel.h"
#include "certmgr/ports/clock.h"

namespace certmgr::notify {

/// Posts the JSON document to a URL, signed.
class Webhook final : public Channel {
 public:
  Webhook(std::string name, WebhookChannel settings, Duration limit, const Clock& clock);
  Result<void> send(const Notice& notice) override;

 private:
  Result<std::string> target() const;

  std::string name_;
  WebhookChannel settings_;
  Duration limit_;
  const Clock& clock_;
};

/// "sha256=" and the hex HMAC-SHA256 over "TIMESTAMP.BODY".
std::string signature(const std::string& secret, const std::string& timestamp, const std::string& body);

}  // namespace certmgr::notify
