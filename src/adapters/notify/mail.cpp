// SPDX-License-Identifier: MIT
#include "adapters/notify/mail.h"

#include <algorithm>

#include "adapters/notify/curl_transfer.h"
#include "adapters/notify/mail_message.h"
#include "adapters/notify/secret_file.h"

namespace certmgr::notify {
namespace {

/// The reply code of a line: 550 for "550 5.1.1 no such mailbox".
long code_of(const std::string& line) {
  if (line.size() < 3 || line.find_first_not_of("0123456789") < 3) return 0;
  return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

/// The last reply that says no; empty if there is none.
std::string refusal(const CurlTransfer& transfer) {
  const auto& lines = transfer.lines();
  const auto found = std::find_if(lines.rbegin(), lines.rend(),
                                  [](const std::string& line) { return code_of(line) >= 400; });
  return found == lines.rend() ? std::string() : *found;
}

/// A reply to RCPT (RFC 5321 section 4.2.3) that refuses one of the recipients.
std::string refused_recipient(const CurlTransfer& transfer) {
  for (const auto& line : transfer.lines())
    for (const long code : {450L, 451L, 452L, 550L, 551L, 552L, 553L, 556L})
      if (code_of(line) == code) return line;
  return {};
}

struct Judge {
  const std::string& channel;
  const std::string& server;
  const MailChannel& settings;
  const CurlTransfer& transfer;

  [[nodiscard]] Trouble trouble(TroubleKind kind, const char* code, const std::string& why,
                                std::string hint) const {
    return channel_trouble(kind, code, channel, why + " (" + server + ")", std::move(hint));
  }
  [[nodiscard]] std::string section() const { return "[notify." + channel + "]"; }

  [[nodiscard]] Trouble operator()(CURLcode code) const {
    const std::string said = refusal(transfer);
    const std::string why = said.empty() ? transfer.reason(code) : "the mail server says: " + said;
    if (is_untrusted(code))
      return trouble(TroubleKind::configuration, "notify_untrusted", transfer.reason(code),
                     "if the mail server's CA is private, name its roots: " + section() +
                         " ca_bundle = \"FILE\"; 'host' must be a name in its certificate");
    if (code == CURLE_USE_SSL_FAILED)
      return trouble(TroubleKind::configuration, "notify_no_tls", "the mail server offers no STARTTLS",
                     "use a port where it does (587), tls = \"tls\" with port 465, or tls = \"none\" if "
                     "anybody on the way may read along");
    // 454 is a server that cannot check the password right now.
    if (code == CURLE_LOGIN_DENIED && code_of(said) != 454)
      return trouble(TroubleKind::configuration, "notify_login", why,
                     settings.user.empty() ? "it wants a login: set user and password_file in " + section()
                                           : "look at user and at the password in " + settings.password_file);
    const long reply = code_of(said);
    if (reply >= 500 && reply < 600 && code != CURLE_OPERATION_TIMEDOUT)
      return trouble(TroubleKind::permanent, "notify_refused", why,
                     "look at from and to in " + section() + " and at the mail server's log");
    return trouble(TroubleKind::transient,
                   code == CURLE_OPERATION_TIMEDOUT ? "notify_no_answer" : "notify_unreachable", why,
                   "look at host and port in " + section() + " and at the mail server");
  }
};

void set_security(CURL* curl, const MailChannel& settings) {
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, settings.tls == MailTls::tls ? "smtps" : "smtp");
  if (settings.tls == MailTls::starttls)
    curl_easy_setopt(curl, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
}

}  // namespace

Mail::Mail(std::string name, MailChannel settings, Duration limit, const Clock& clock)
    : name_(std::move(name)), settings_(std::move(settings)), limit_(limit), clock_(clock) {}

std::string Mail::server() const {
  const bool v6 = settings_.host.find(':') != std::string::npos && !settings_.host.starts_with('[');
  return (v6 ? "[" + settings_.host + "]" : settings_.host) + ":" + std::to_string(settings_.port);
}

Result<void> Mail::send(const Notice& notice) {
  CurlTransfer transfer(limit_);
  CURL* curl = transfer.handle();
  const std::string url = (settings_.tls == MailTls::tls ? "smtps://" : "smtp://") + server();
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  set_security(curl, settings_);
  transfer.trust(settings_.ca_bundle);
  if (!settings_.user.empty()) {
    const auto password = read_secret(name_, "password_file", settings_.password_file);
    if (!password) return fail(password.error());
    curl_easy_setopt(curl, CURLOPT_USERNAME, settings_.user.c_str());
    curl_easy_setopt(curl, CURLOPT_PASSWORD, password->text().c_str());
  }
  ListPtr recipients;
  for (const auto& address : settings_.to) append(recipients, "<" + address + ">");
  const std::string from = "<" + settings_.from + ">";
  curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from.c_str());
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
  // One mailbox that is gone must not keep the alarm from everybody else.
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
  const std::string mail = mail_message(settings_, notice, clock_.now());
  curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
  transfer.upload(mail);

  const std::string where = server();
  const Judge judge{name_, where, settings_, transfer};
  if (const CURLcode code = transfer.perform(); code != CURLE_OK) return fail(judge(code));
  // Said in a test alone: a message that reached somebody is not sent again.
  const std::string refused =
      notice.message == Notice::Message::test ? refused_recipient(transfer) : std::string();
  if (!refused.empty())
    return fail(judge.trouble(TroubleKind::permanent, "notify_refused",
                              "sent, but not to everybody; the mail server says: " + refused,
                              "look at the addresses in " + judge.section() + " to"));
  return {};
}

}  // namespace certmgr::notify
