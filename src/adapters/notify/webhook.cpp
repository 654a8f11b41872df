// SPDX-License-Identifier: MIT
#include "adapters/notify/webhook.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <charconv>

#include "adapters/notify/curl_transfer.h"
#include "adapters/notify/notice_document.h"
#include "adapters/notify/secret_file.h"
#include "crypto/encoding.h"
#include "version.h"

namespace certmgr::notify {
namespace {

constexpr Duration kLongestPause = std::chrono::hours(1);

/// Scheme and host: what follows may be all it takes to post there, and is kept out of messages.
std::string origin_of(const std::string& url) {
  const auto host = url.find("://") + 3;
  return url.substr(0, url.find_first_of("/?#", host));
}

/// Retry-After in seconds; a date is not looked at, as clocks differ.
std::optional<Duration> retry_after(const CurlTransfer& transfer) {
  constexpr std::string_view name = "retry-after:";
  for (const auto& line : transfer.lines()) {
    const bool same = line.size() > name.size() &&
                      std::equal(name.begin(), name.end(), line.begin(),
                                 [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + 32 : b); });
    if (!same) continue;
    const auto begin = line.find_first_not_of(' ', name.size());
    unsigned seconds = 0;
    if (begin == std::string::npos) return std::nullopt;
    const auto end = std::from_chars(line.data() + begin, line.data() + line.size(), seconds);
    if (end.ec != std::errc()) return std::nullopt;
    return std::min<Duration>(std::chrono::seconds(seconds), kLongestPause);
  }
  return std::nullopt;
}

bool may_pass(long status) { return status == 408 || status == 429 || status >= 500; }

/// Everything but 2xx: redirects too, which are not followed, as the signed message is meant for one place.
Trouble status_trouble(const std::string& channel, const std::string& origin, const CurlTransfer& transfer,
                       Instant now) {
  const long status = transfer.status();
  const bool passes = may_pass(status);
  Trouble trouble = channel_trouble(
      passes ? TroubleKind::transient : TroubleKind::permanent,
      passes ? "notify_no_answer" : "notify_refused", channel,
      origin + " answered with HTTP status " + std::to_string(status),
      passes              ? "look at the receiver"
      : status / 100 == 3 ? "redirects are not followed: set the URL it leads to"
                          : "look at the URL and at the receiver's log; does it know the secret?");
  trouble.detail = transfer.body();
  if (const auto pause = retry_after(transfer); passes && pause) trouble.retry_at = now + *pause;
  return trouble;
}

Trouble curl_trouble(const std::string& channel, const std::string& origin, const CurlTransfer& transfer,
                     CURLcode code) {
  const std::string why = transfer.reason(code) + " (" + origin + ")";
  if (is_untrusted(code))
    return channel_trouble(
        TroubleKind::configuration, "notify_untrusted", channel, why,
        "if its CA is private, name its roots: [notify." + channel + "] ca_bundle = \"FILE\"");
  return channel_trouble(TroubleKind::transient,
                         code == CURLE_OPERATION_TIMEDOUT ? "notify_no_answer" : "notify_unreachable",
                         channel, why, "look at the URL and at the receiver");
}

}  // namespace

std::string signature(const std::string& secret, const std::string& timestamp, const std::string& body) {
  const std::string signed_text = timestamp + "." + body;
  crypto::Bytes mac(EVP_MAX_MD_SIZE);
  unsigned int size = 0;
  if (HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), crypto::as_bytes(signed_text).data(),
           signed_text.size(), mac.data(), &size) == nullptr)
    throw Failure({.code = "crypto_unusable",
                   .what = "cannot sign a message",
                   .why = "HMAC-SHA256 is not available",
                   .hint = "look at the configuration of OpenSSL"});
  mac.resize(size);
  return "sha256=" + crypto::hex(mac);
}

Webhook::Webhook(std::string name, WebhookChannel settings, Duration limit, const Clock& clock)
    : name_(std::move(name)), settings_(std::move(settings)), limit_(limit), clock_(clock) {}

Result<std::string> Webhook::target() const {
  std::string url = settings_.url;
  if (!settings_.url_file.empty()) {
    const auto secret = read_secret(name_, "url_file", settings_.url_file);
    if (!secret) return fail(secret.error());
    url = secret->text();
  }
  if (const auto why = why_no_webhook(url))
    return fail(channel_trouble(TroubleKind::configuration, "notify_url", name_, "its URL " + *why,
                                "use https://HOST/PATH; http only for 127.0.0.1, [::1] and localhost"));
  return url;
}

Result<void> Webhook::send(const Notice& notice) {
  const auto url = target();
  if (!url) return fail(url.error());
  const Instant now = clock_.now();
  const std::string body = document(notice, now);
  ListPtr headers;
  append(headers, "Content-Type: application/json");
  append(headers, "Expect:");  // no extra round trip before the body
  if (!settings_.secret_file.empty()) {
    const auto secret = read_secret(name_, "secret_file", settings_.secret_file);
    if (!secret) return fail(secret.error());
    const auto timestamp =
        std::to_string(std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count());
    append(headers, "X-Certmgr-Timestamp: " + timestamp);
    append(headers, "X-Certmgr-Signature: " + signature(secret->text(), timestamp, body));
  }
  CurlTransfer transfer(limit_);
  CURL* curl = transfer.handle();
  curl_easy_setopt(curl, CURLOPT_URL, url->c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, url->starts_with("https:") ? "https" : "http");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "certmgr/" CERTMGR_VERSION);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.c_str());
  transfer.trust(settings_.ca_bundle);

  const CURLcode code = transfer.perform();
  // The status is the answer; whoever says a lot besides is not listened to until the end.
  if (code != CURLE_OK && !transfer.cut_short())
    return fail(curl_trouble(name_, origin_of(*url), transfer, code));
  if (transfer.status() / 100 == 2) return {};
  return fail(status_trouble(name_, origin_of(*url), transfer, now));
}

}  // namespace certmgr::notify
