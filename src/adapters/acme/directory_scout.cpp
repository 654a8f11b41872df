// SPDX-License-Identifier: MIT
#include "adapters/acme/directory_scout.h"

#include <algorithm>

#include "adapters/acme/directory_reader.h"
#include "adapters/acme/forgetful_memory.h"
#include "adapters/acme/http_client.h"
#include "adapters/acme/problem.h"

namespace certmgr::acme {
namespace {

/// A person waits; a CA that needs longer for its directory is in trouble.
constexpr std::chrono::milliseconds kLongest = std::chrono::seconds(10);

}  // namespace

Result<CaSighting> DirectoryScout::look(const std::string& ca) {
  const auto settings = settings_of(cas_, ca);
  if (!settings) return fail(settings.error());
  const HttpLimits limits{.ca_bundle = settings->ca_bundle, .timeout = std::min(settings->timeout, kLongest)};
  HttpClient http(ca, limits);
  ForgetfulMemory nothing;
  std::optional<Duration> clock_ahead;
  DirectoryReader directory(
      *settings,
      [&](const HttpRequest& request) {
        auto response = http.send(request);
        if (response) clock_ahead = clock_ahead_of(response->header("date"), clock_.now());
        return response;
      },
      nothing, clock_);
  auto urls = directory.read();
  if (!urls) return fail(std::move(urls.error()));
  return CaSighting{settings->directory_url, std::move(urls->meta), clock_ahead,
                    settings->external_account.has_value()};
}

}  // namespace certmgr::acme
