// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "certmgr/domain/alarm.h"
#include "certmgr/domain/instant.h"

namespace certmgr::notify {

/// The notice with every text cut to a length that fits a mail, a variable and a chat, and made UTF-8: a
/// CA or a hook may have said anything.
Notice presentable(const Notice& notice);

/// One line: "pbx1: renewal_failing of sip.example.com: the CA does not answer".
std::string headline(const Notice& notice);
/// Some lines for people.
std::string letter(const Notice& notice);
/// The JSON that webhooks and commands get (docs/notifications.md).
std::string document(const Notice& notice, Instant sent_at);

/// "raised", "recovered", "test"
std::string word_of(Notice::Message message);

}  // namespace certmgr::notify
