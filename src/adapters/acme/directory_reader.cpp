// SPDX-License-Identifier: MIT
#include "adapters/acme/directory_reader.h"

#include <algorithm>
#include <charconv>

#include "adapters/acme/problem.h"

namespace certmgr::acme {
namespace {

/// A long-lived process looks at the directory again after this time, whatever its headers say.
constexpr auto kDirectoryKept = std::chrono::hours(1);

/// Cache-Control's max-age, zero where the reply may not be reused (RFC 9111).
Duration freshness(const HttpResponse& response) {
  const std::string value = response.header("cache-control");
  if (value.find("no-cache") != std::string::npos || value.find("no-store") != std::string::npos) return {};
  const auto position = value.find("max-age=");
  if (position == std::string::npos) return {};
  long long seconds = 0;
  const char* begin = value.data() + position + 8;
  std::from_chars(begin, value.data() + value.size(), seconds);
  return std::chrono::seconds(std::clamp<long long>(seconds, 0, 86400));
}

}  // namespace

Result<DirectoryUrls> DirectoryReader::read() {
  const std::scoped_lock lock(mutex_);
  const Instant now = clock_.now();
  if (known_ && known_until_ > now) return *known_;
  if (const auto remembered = memory_.directory(settings_.directory_url);
      remembered && remembered->fresh_until > now) {
    if (auto urls = read_directory(remembered->body)) {
      known_ = *urls;
      known_until_ = std::min(remembered->fresh_until, now + Duration(kDirectoryKept));
      return urls;
    }
  }
  auto urls = fetch();
  if (urls) {
    known_ = *urls;
    known_until_ = now + Duration(kDirectoryKept);
  }
  return urls;
}

Result<DirectoryUrls> DirectoryReader::fetch() {
  auto response = send_({.method = "GET", .url = settings_.directory_url, .accept = "application/json"});
  if (!response) return fail(std::move(response.error()));
  if (response->status != 200)
    return fail(trouble_of(*response, settings_.name, settings_.directory_url, clock_.now()));
  auto urls = read_directory(response->body);
  if (!urls) {
    urls.error().what = "cannot use the directory of the CA " + settings_.name;
    urls.error().why += " (" + settings_.directory_url + ")";
    return urls;
  }
  if (const Duration fresh = freshness(*response); fresh > Duration::zero())
    memory_.remember_directory(settings_.directory_url, {response->body, clock_.now() + fresh});
  return urls;
}

}  // namespace certmgr::acme
