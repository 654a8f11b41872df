// SPDX-License-Identifier: MIT
#include "adapters/notify/mail_message.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "adapters/notify/notice_document.h"
#include "crypto/encoding.h"

namespace certmgr::notify {
namespace {

constexpr std::size_t kSubjectMost = 200;
constexpr std::size_t kWordOctets = 45;  // "=?UTF-8?B?" + 60 + "?=" stays below the 75 of RFC 2047
constexpr std::size_t kLineMost = 76;

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

/// At most `most` octets, not ending within a character.
std::string_view head_of(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  std::size_t end = most;
  while (end > 0 && is_continuation(text[end])) --end;
  return text.substr(0, end == 0 ? most : end);
}

std::string base64(std::string_view text) {
  std::string code = crypto::base64url(crypto::as_bytes(text));
  std::replace(code.begin(), code.end(), '-', '+');
  std::replace(code.begin(), code.end(), '_', '/');
  code.append((4 - code.size() % 4) % 4, '=');
  return code;
}

/// What may stand right of the @ in a Message-ID.
std::string id_host(const std::string& host) {
  std::string plain;
  for (const char c : host) {
    const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || (c == '.' && !plain.empty() && plain.back() != '.');
    if (fits) plain.push_back(c);
  }
  while (!plain.empty() && plain.back() == '.') plain.pop_back();
  return plain.empty() ? "localhost" : plain;
}

std::string message_id(const Notice& notice, Notice::Message message) {
  const std::string end = "@" + id_host(notice.host) + ">";
  if (message == Notice::Message::test) return "<certmgr.test." + crypto::hex(crypto::random_bytes(12)) + end;
  // The moment is part of it, as a store made anew counts its alarms from 1 again.
  return "<certmgr." + std::to_string(notice.alarm.id) + "." +
         std::to_string(notice.alarm.raised_at.time_since_epoch().count()) + "." + word_of(message) + end;
}

std::string joined(const std::vector<std::string>& addresses) {
  std::string all;
  for (const auto& address : addresses) all += (all.empty() ? "" : ",\r\n ") + address;
  return all;
}

}  // namespace

std::string header_text(std::string_view text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; }) &&
                     text.find("=?") == std::string_view::npos;
  if (plain) return std::string(text);
  std::string words;
  while (!text.empty()) {
    const auto part = head_of(text, kWordOctets);
    words += (words.empty() ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?") + base64(part) + "?=";
    text.remove_prefix(part.size());
  }
  return words;
}

std::string quoted_printable(std::string_view text) {
  std::string coded;
  std::size_t column = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') {
      coded += "\r\n";
      column = 0;
      continue;
    }
    const bool at_end = i + 1 == text.size() || text[i + 1] == '\n';
    const bool blank = (c == ' ' || c == '\t') && !at_end;  // at the end of a line they get lost
    std::string piece(1, c);
    if (!blank && (c < 0x21 || c > 0x7e || c == '=')) {
      std::array<char, 4> octet{};
      std::snprintf(octet.data(), octet.size(), "=%02X",
                    static_cast<unsigned>(static_cast<unsigned char>(c)));
      piece = octet.data();
    }
    if (column + piece.size() >= kLineMost) {
      coded += "=\r\n";
      column = 0;
    }
    coded += piece;
    column += piece.size();
  }
  return coded;
}

std::string mail_date(Instant at) {
  // By hand: strftime() asks the locale for the names.
  constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(at - day));
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d +0000",
                days[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  return text.data();
}

std::string mail_message(const MailChannel& settings, const Notice& notice, Instant now) {
  const std::string line = headline(notice);
  std::string mail = "Date: " + mail_date(now) + "\r\n";
  mail += "From: " + settings.from + "\r\n";
  mail += "To: " + joined(settings.to) + "\r\n";
  mail += "Subject: " + header_text("[certmgr] " + std::string(head_of(line, kSubjectMost))) + "\r\n";
  mail += "Message-ID: " + message_id(notice, notice.message) + "\r\n";
  if (notice.message == Notice::Message::recovered) {
    const std::string before = message_id(notice, Notice::Message::raised);
    mail += "In-Reply-To: " + before + "\r\nReferences: " + before + "\r\n";
  }
  mail += "Auto-Submitted: auto-generated\r\n";  // no "out of office" in return (RFC 3834)
  mail += "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n";
  mail += "Content-Transfer-Encoding: quoted-printable\r\n\r\n";
  return mail + quoted_printable(letter(notice));
}

}  // namespace certmgr::notify
