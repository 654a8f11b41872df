// SPDX-License-Identifier: MIT
#include "adapters/acme/directory_scout.h"

#include <algorithm>

#include "adapters/acme/http_client.h"
#include "adapters/acme/problem.h"
#include "adapters/acme/wire.h"

namespace certmgr::acme {
namespace {

/// A person waits; a CA that needs longer for its directory is in trouble.
constexpr std::chrono::milliseconds kLongest = std::chrono::seconds(10);

}  // namespace

Result<CaSighting> DirectoryScout::look(const std::string& ca) {
  const auto all = cas_();
  const auto settings =
      std::find_if(all.begin(), all.end(), [&](const CaSettings& known) { return known.name == ca; });
  if (settings == all.end())
    return fail({.kind = TroubleKind::usage,
                 .code = "unknown_ca",
                 .what = "there is no CA '" + ca + "'",
                 .why = "no [ca." + ca + "] is configured",
                 .hint = "add [ca." + ca + "] with its directory URL to the configuration"});
  HttpClient http(ca, {.ca_bundle = settings->ca_bundle, .timeout = std::min(settings->timeout, kLongest)});
  const auto response =
      http.send({.method = "GET", .url = settings->directory_url, .accept = "application/json"});
  if (!response) return fail(response.error());
  if (response->status != 200) return fail(trouble_of(*response, ca, settings->directory_url, clock_.now()));
  auto urls = read_directory(response->body);
  if (!urls) {
    urls.error().what = "cannot use the directory of the CA " + ca;
    urls.error().why += " (" + settings->directory_url + ")";
    return fail(std::move(urls.error()));
  }
  return CaSighting{settings->directory_url, std::move(urls->meta), clock_ahead_of(*response, clock_.now()),
                    settings->external_account.has_value()};
}

}  // namespace certmgr::acme
