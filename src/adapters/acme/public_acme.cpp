// SPDX-License-Identifier: MIT
#include "adapters/acme/public_acme.h"

#include "adapters/acme/directory_reader.h"
#include "adapters/acme/problem.h"
#include "crypto/certificate_id.h"

namespace certmgr::acme {
namespace {

/// What is asked here is a few hundred octets; a directory with many profiles is some KiB.
constexpr std::size_t kMostBody = std::size_t{256} * 1024;

Trouble unknown_ca(const std::string& ca) {
  return {.kind = TroubleKind::usage,
          .code = "unknown_ca",
          .what = "there is no CA '" + ca + "'",
          .why = "neither the configuration nor a fleet file declares it",
          .hint = "see 'certmgr ca list'"};
}

}  // namespace

struct PublicAcme::Connection {
  Connection(CaSettings of, CaMemory& memory, Clock& clock)
      : settings(std::move(of)),
        http(settings.name,
             HttpLimits{
                 .ca_bundle = settings.ca_bundle, .timeout = settings.timeout, .body_bytes_max = kMostBody}),
        directory(settings, http, memory, clock) {}

  CaSettings settings;
  HttpClient http;
  DirectoryReader directory;
};

PublicAcme::PublicAcme(KnownCas cas, CaMemory& memory, Clock& clock)
    : cas_(std::move(cas)), memory_(memory), clock_(clock) {}
PublicAcme::~PublicAcme() = default;

Result<std::shared_ptr<PublicAcme::Connection>> PublicAcme::connection(const std::string& ca) {
  const std::scoped_lock lock(mutex_);
  auto& slot = open_[ca];
  if (slot) return slot;
  for (auto& settings : cas_()) {
    if (settings.name != ca) continue;
    slot = std::make_shared<Connection>(std::move(settings), memory_, clock_);
    return slot;
  }
  open_.erase(ca);
  return fail(unknown_ca(ca));
}

Result<CaMeta> PublicAcme::meta(const std::string& ca) {
  const auto found = connection(ca);
  if (!found) return fail(found.error());
  auto urls = (*found)->directory.read();
  if (!urls) return fail(std::move(urls.error()));
  return std::move(urls->meta);
}

Result<std::optional<CaReply<RenewalInfo>>> PublicAcme::renewal_info(const std::string& ca,
                                                                     const std::string& chain_pem) {
  const auto found = connection(ca);
  if (!found) return fail(found.error());
  auto& [settings, http, directory] = **found;
  const auto urls = directory.read();
  if (!urls) return fail(urls.error());
  const auto id = crypto::certificate_id(chain_pem);
  if (!id) return fail(id.error());
  if (urls->renewal_info.empty() || id->empty()) return std::nullopt;
  const std::string url = urls->renewal_info + (urls->renewal_info.ends_with('/') ? "" : "/") + *id;
  const std::string what = "the CA " + ca + " does not say when to renew";
  auto response = http.send({.method = "GET", .url = url, .accept = "application/json"});
  if (!response) return fail(std::move(response.error()));
  if (response->status != 200) {
    Trouble trouble = trouble_of(*response, settings.name, url, clock_.now());
    trouble.what = what;
    return fail(std::move(trouble));
  }
  auto info = read_renewal_info(response->body);
  if (!info) {
    info.error().what = what;
    return fail(std::move(info.error()));
  }
  return CaReply<RenewalInfo>{std::move(*info), retry_after(*response, clock_.now())};
}

}  // namespace certmgr::acme
