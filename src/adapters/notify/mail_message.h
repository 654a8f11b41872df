// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "certmgr/domain/alarm.h"
#include "certmgr/domain/instant.h"
#include "certmgr/domain/notify_channel.h"

namespace certmgr::notify {

/// The whole mail: headers, empty line, text; lines end with CR LF. The addresses are is_mail_address().
/// A notice sent twice (the program was killed in between) has the same Message-ID, and a recovery is a
/// reply to what it ends.
std::string mail_message(const MailChannel& settings, const Notice& notice, Instant now);

/// As it may stand in a header: ASCII as it is, anything else in words of RFC 2047.
std::string header_text(std::string_view text);
/// RFC 2045 section 6.7.
std::string quoted_printable(std::string_view text);
/// RFC 5322, in UTC: "Tue, 24 Nov 2026 08:09:00 +0000".
std::string mail_date(Instant at);

}  // namespace certmgr::notify
