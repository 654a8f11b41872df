// SPDX-License-Identifier: MIT
#include "adapters/acme/public_acme.h"

#include "adapters/acme/directory_reader.h"
#include "adapters/acme/problem.h"
#include "certmgr/domain/retry.h"
#include "crypto/certificate_id.h"

namespace certmgr::acme {
namespace {

/// A CA that does not answer is not asked about every other certificate as well: each would wait for the time
/// limit.
constexpr Duration kLeftAlone = std::chrono::minutes(1);

/// What is asked here is a few hundred octets; a directory with many profiles is some KiB.
constexpr std::size_t kMostBody = std::size_t{256} * 1024;

}  // namespace

struct PublicAcme::Connection {
  Connection(CaSettings of, CaMemory& memory, Clock& clock)
      : settings(std::move(of)),
        http(settings.name,
             HttpLimits{
                 .ca_bundle = settings.ca_bundle, .timeout = settings.timeout, .body_bytes_max = kMostBody}),
        directory(
            settings, [this](const HttpRequest& request) { return http.send(request); }, memory, clock) {}

  /// The trouble of a moment ago, if the CA was silent then.
  std::optional<Trouble> silence(Instant now) {
    const std::scoped_lock lock(mutex);
    return silent_until > now ? last_silence : std::nullopt;
  }
  tl::unexpected<Trouble> failed(Trouble trouble, Instant now) {
    if (is_silence(trouble)) {
      const std::scoped_lock lock(mutex);
      last_silence = trouble;
      silent_until = now + kLeftAlone;
    }
    return fail(std::move(trouble));
  }

  CaSettings settings;
  HttpClient http;
  DirectoryReader directory;
  std::mutex mutex;  // guards the members below
  std::optional<Trouble> last_silence;
  Instant silent_until{};
};

PublicAcme::PublicAcme(KnownCas cas, CaMemory& memory, Clock& clock)
    : cas_(std::move(cas)), memory_(memory), clock_(clock) {}
PublicAcme::~PublicAcme() = default;

Result<std::shared_ptr<PublicAcme::Connection>> PublicAcme::connection(const std::string& ca) {
  const std::scoped_lock lock(mutex_);
  auto& slot = open_[ca];
  if (slot) return slot;
  auto settings = settings_of(cas_, ca);
  if (!settings) {
    open_.erase(ca);
    return fail(std::move(settings.error()));
  }
  slot = std::make_shared<Connection>(std::move(*settings), memory_, clock_);
  return slot;
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
  Connection& to = **found;
  const Instant now = clock_.now();
  if (auto silence = to.silence(now)) return fail(std::move(*silence));
  const auto urls = to.directory.read();
  if (!urls) return to.failed(urls.error(), now);
  const auto id = crypto::certificate_id(chain_pem);
  if (!id) return fail(id.error());
  if (urls->renewal_info.empty() || id->empty()) return std::nullopt;
  const std::string url = urls->renewal_info + (urls->renewal_info.ends_with('/') ? "" : "/") + *id;
  const std::string what = "the CA " + ca + " does not say when to renew";
  auto response = to.http.send({.method = "GET", .url = url, .accept = "application/json"});
  if (!response) return to.failed(std::move(response.error()), now);
  if (response->status != 200) {
    Trouble trouble = trouble_of(*response, to.settings.name, url, now);
    trouble.what = what;
    return to.failed(std::move(trouble), now);
  }
  auto info = read_renewal_info(response->body);
  if (!info) {
    info.error().what = what;
    return fail(std::move(info.error()));
  }
  return CaReply<RenewalInfo>{std::move(*info), retry_after(*response, now)};
}

}  // namespace certmgr::acme
