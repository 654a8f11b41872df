// SPDX-License-Identifier: MIT
#include "adapters/acme/acme_session.h"

#include <nlohmann/json.hpp>

#include "adapters/acme/problem.h"

namespace certmgr::acme {
namespace {

/// A CA that refuses every second nonce is passed with near certainty.
constexpr int kBadNonceTries = 20;
Result<std::string> quoted(const std::string& text) {
  try {
    return nlohmann::json(text).dump();
  } catch (const nlohmann::json::exception&) {
    return fail({.kind = TroubleKind::permanent,
                 .code = "ca_protocol",
                 .what = "cannot sign a request to the CA",
                 .why = "a URL of the CA is not UTF-8",
                 .hint = "report this to the CA"});
  }
}

}  // namespace

AcmeSession::AcmeSession(CaSettings settings, JwsKey key, std::string account_url, CaMemory& memory,
                         Clock& clock)
    : settings_(std::move(settings)),
      key_(std::move(key)),
      memory_(memory),
      clock_(clock),
      http_(settings_.name, HttpLimits{.ca_bundle = settings_.ca_bundle, .timeout = settings_.timeout}),
      directory_(
          settings_, [this](const HttpRequest& request) { return send(request); }, memory_, clock_),
      account_url_(std::move(account_url)) {}

AcmeSession::~AcmeSession() {
  try {
    if (const auto nonce = nonces_.take()) memory_.park_nonce(settings_.directory_url, *nonce);
  } catch (const std::exception&) {
    // The nonce only saves a request; a store that cannot be written has been reported by then.
    return;
  }
}

std::string AcmeSession::account_url() const {
  const std::scoped_lock lock(mutex_);
  return account_url_;
}

void AcmeSession::set_account_url(const std::string& url) {
  const std::scoped_lock lock(mutex_);
  account_url_ = url;
}

Result<DirectoryUrls> AcmeSession::directory() { return directory_.read(); }

std::optional<Duration> AcmeSession::clock_ahead() const {
  const std::scoped_lock lock(clock_mutex_);
  return clock_ahead_of(date_, date_read_at_);
}

Result<HttpResponse> AcmeSession::send(const HttpRequest& request) {
  auto response = http_.send(request);
  if (!response) return response;
  if (auto date = response->header("date"); !date.empty()) {
    const std::scoped_lock lock(clock_mutex_);
    date_ = std::move(date);
    date_read_at_ = clock_.now();
  }
  return response;
}

Result<std::string> AcmeSession::nonce() {
  if (auto kept = nonces_.take()) return *kept;
  if (auto parked = memory_.take_nonce(settings_.directory_url)) return *parked;
  const auto urls = directory();
  if (!urls) return fail(urls.error());
  auto response = send({.method = "HEAD", .url = urls->new_nonce});
  if (!response) return fail(std::move(response.error()));
  nonces_.put(response->header("replay-nonce"));
  if (auto fresh = nonces_.take()) return *fresh;
  Trouble trouble = trouble_of(*response, settings_.name, urls->new_nonce, clock_.now());
  trouble.kind = TroubleKind::transient;
  trouble.why = "it gave no usable nonce: " + trouble.why;
  return fail(std::move(trouble));
}

Result<HttpResponse> AcmeSession::post_as(Signer signer, const std::string& url, const std::string& payload,
                                          const std::string& accept, bool repeatable) {
  const auto quoted_url = quoted(url);
  if (!quoted_url) return fail(quoted_url.error());
  const auto identity = signer == Signer::bare_key ? Result<std::string>(key_.jwk()) : quoted(account_url());
  if (!identity) return fail(identity.error());
  const std::string member = signer == Signer::bare_key ? "\"jwk\":" : "\"kid\":";

  for (int tries = 1;; ++tries) {
    const auto fresh = nonce();
    if (!fresh) {
      Trouble trouble = fresh.error();
      trouble.unsent = true;
      return fail(std::move(trouble));
    }
    const auto body =
        key_.sign(R"("nonce":")" + *fresh + R"(","url":)" + *quoted_url + "," + member + *identity, payload);
    if (!body) return fail(body.error());
    auto response = send({.method = "POST",
                          .url = url,
                          .body = *body,
                          .content_type = "application/jose+json",
                          .accept = accept,
                          .repeatable = repeatable});
    if (!response) return response;
    nonces_.put(response->header("replay-nonce"));
    if (response->status >= 200 && response->status < 300) return response;
    if (tries < kBadNonceTries && is_bad_nonce(*response)) continue;
    return fail(trouble_of(*response, settings_.name, url, clock_.now()));
  }
}

Result<HttpResponse> AcmeSession::post(const std::string& url, const std::string& payload,
                                       const std::string& accept) {
  return post_as(Signer::account, url, payload, accept);
}

Result<HttpResponse> AcmeSession::post_once(const std::string& url, const std::string& payload) {
  return post_as(Signer::account, url, payload, {}, false);
}

Result<HttpResponse> AcmeSession::post_with_jwk(const std::string& url, const std::string& payload) {
  return post_as(Signer::bare_key, url, payload, {});
}

}  // namespace certmgr::acme
