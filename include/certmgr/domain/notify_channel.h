// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "certmgr/domain/alarm.h"

namespace certmgr {

enum class MailTls {
  starttls,  // begins in the clear and must become TLS before anything is said
  tls,       // from the first octet (port 465)
  none,
};

/// Secrets are in files, which are read for each message.
struct MailChannel {
  std::string host;
  int port = 0;
  MailTls tls = MailTls::starttls;
  std::string ca_bundle;  // PEM file with the roots of the mail server; empty: the system's
  std::string user;       // empty: no login
  std::string password_file;
  std::string from;
  std::vector<std::string> to;
};

struct WebhookChannel {
  std::string url;          // or
  std::string url_file;     // where knowing the URL is all it takes to post there
  std::string secret_file;  // signs the messages; empty: they are not signed
  std::string ca_bundle;
};

struct CommandChannel {
  std::vector<std::string> command;  // the program's absolute path, then its arguments
};

/// [notify.NAME]
struct NotifyChannel {
  std::string name;
  std::vector<AlarmKind> on = alarm_kinds();
  std::chrono::seconds timeout = std::chrono::seconds(20);  // of one message
  std::variant<MailChannel, WebhookChannel, CommandChannel> way;
};

/// One address and nothing else: "name@example.com", ASCII, no display name, nothing that could end a
/// line or an SMTP argument.
bool is_mail_address(std::string_view text);

/// Why this URL cannot be posted to; nullopt if it can: https anywhere, http on this machine alone.
std::optional<std::string> why_no_webhook(std::string_view url);

}  // namespace certmgr
