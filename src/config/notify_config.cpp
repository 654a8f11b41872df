// SPDX-License-Identifier: MIT
#include "config/notify_config.h"

#include <algorithm>

#include "certmgr/domain/identifier.h"
#include "config/suggestion.h"

namespace certmgr::config {
namespace {

std::vector<AlarmKind> read_kinds(TableReader& reader) {
  const auto words = reader.texts("on");
  if (!reader.has("on")) return alarm_kinds();
  if (words.empty()) reader.refuse("on", "is an empty list", "leave it out to be told of everything");
  std::vector<AlarmKind> kinds;
  for (const auto& word : words) {
    const auto kind = parse_alarm_kind(word);
    if (!kind) {
      std::vector<std::string> known;
      for (const AlarmKind one : alarm_kinds()) known.emplace_back(to_string(one));
      reader.refuse("on", "names '" + word + "', which is no kind of alarm", suggestion(word, known));
    }
    if (std::find(kinds.begin(), kinds.end(), *kind) == kinds.end()) kinds.push_back(*kind);
  }
  return kinds;
}

/// A file's absolute path; empty if the key is not there.
std::string read_path(TableReader& reader, std::string_view key) {
  const auto path = reader.text(key);
  if (path && !path->starts_with('/'))
    reader.refuse(key, "is not an absolute path", std::string(key) + " = \"/etc/certmgr/...\"");
  return path.value_or("");
}

MailTls read_tls(TableReader& reader) {
  const std::string word = reader.text("tls").value_or("starttls");
  if (word == "starttls") return MailTls::starttls;
  if (word == "tls") return MailTls::tls;
  if (word == "none") return MailTls::none;
  reader.refuse("tls", "is '" + word + "'", suggestion(word, {"starttls", "tls", "none"}));
}

int usual_port(MailTls tls) {
  switch (tls) {
    case MailTls::starttls:
      return 587;
    case MailTls::tls:
      return 465;
    case MailTls::none:
      break;
  }
  return 25;
}

bool is_host(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(".-:[]_").find(c) != std::string_view::npos;
  });
}

void read_login(TableReader& reader, MailChannel& mail) {
  mail.user = reader.text("user").value_or("");
  mail.password_file = read_path(reader, "password_file");
  if (mail.user.empty() != mail.password_file.empty())
    reader.refuse(mail.user.empty() ? "password_file" : "user", "stands alone",
                  "a login needs both user and password_file");
  const bool here =
      mail.host == "127.0.0.1" || mail.host == "::1" || mail.host == "[::1]" || mail.host == "localhost";
  if (!mail.user.empty() && mail.tls == MailTls::none && !here)
    reader.refuse("tls", "is \"none\", which would send the password readable over the network",
                  "use \"starttls\" or \"tls\", or leave out user and password_file");
}

MailChannel read_mail(TableReader& reader) {
  MailChannel mail;
  mail.host = reader.text("host").value_or("");
  if (!is_host(mail.host))
    reader.refuse("host", "is not the name or address of a mail server", "host = \"mail.example.com\"");
  mail.tls = read_tls(reader);
  mail.port = static_cast<int>(reader.number("port", 1, 65535).value_or(usual_port(mail.tls)));
  mail.ca_bundle = read_path(reader, "ca_bundle");
  read_login(reader, mail);
  mail.from = reader.text("from").value_or("");
  if (!is_mail_address(mail.from))
    reader.refuse("from", "is not a mail address", "from = \"certmgr@example.com\"");
  mail.to = reader.texts("to");
  if (mail.to.empty()) reader.refuse("to", "names nobody", "to = [\"ops@example.com\"]");
  for (const auto& address : mail.to)
    if (!is_mail_address(address))
      reader.refuse("to", "holds '" + address + "', which is not a mail address",
                    "write the bare address: \"ops@example.com\"");
  return mail;
}

WebhookChannel read_webhook(TableReader& reader) {
  WebhookChannel hook;
  hook.url = reader.text("url").value_or("");
  hook.url_file = read_path(reader, "url_file");
  hook.secret_file = read_path(reader, "secret_file");
  hook.ca_bundle = read_path(reader, "ca_bundle");
  if (!hook.url.empty() && !hook.url_file.empty())
    reader.refuse("url_file", "cannot stand beside 'url'", "choose one of the two");
  if (!hook.url_file.empty()) return hook;
  if (const auto why = why_no_webhook(hook.url))
    reader.refuse("url", *why, "url = \"https://HOST/PATH\"; http only for 127.0.0.1, [::1] and localhost");
  return hook;
}

CommandChannel read_command(TableReader& reader) {
  CommandChannel command{reader.texts("command")};
  if (command.command.empty() || !command.command.front().starts_with('/'))
    reader.refuse("command", "does not begin with the absolute path of a program",
                  "command = [\"/usr/local/bin/page-me\", \"--urgent\"]");
  for (const auto& argument : command.command)
    if (argument.find('\0') != std::string::npos)
      reader.refuse("command", "holds a NUL character", "remove it");
  return command;
}

NotifyChannel read_channel(const toml::table& table, const std::string& name, const Source& source) {
  TableReader reader(table, "notify." + name, source);
  NotifyChannel channel;
  channel.name = name;
  const std::string type = reader.text("type").value_or("");
  channel.on = read_kinds(reader);
  if (auto seconds = reader.number("timeout", 1, 300)) channel.timeout = std::chrono::seconds(*seconds);
  if (type == "smtp")
    channel.way = read_mail(reader);
  else if (type == "webhook")
    channel.way = read_webhook(reader);
  else if (type == "command")
    channel.way = read_command(reader);
  else
    reader.refuse("type", type.empty() ? "is missing" : "is '" + type + "'",
                  suggestion(type, {"smtp", "webhook", "command"}));
  reader.finish();
  return channel;
}

}  // namespace

std::vector<NotifyChannel> read_notify(const toml::table& channels, const Source& source) {
  TableReader reader(channels, "notify", source);
  std::vector<NotifyChannel> all;
  for (const auto& [key, node] : channels) {
    const std::string name(key.str());
    if (const auto usable = parse_label(name, "name of a notification channel"); !usable)
      reader.refuse(name, "is no name for a channel: " + usable.error().why, usable.error().hint);
    if (!node.is_table())
      reader.refuse(name, "is not a table", "write [notify.NAME], then type = \"smtp\" and so on");
    all.push_back(read_channel(*node.as_table(), name, source));
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return all;
}

}  // namespace certmgr::config
