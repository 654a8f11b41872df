// SPDX-License-Identifier: MIT
#pragma once

#include <mutex>
#include <string>

#include "adapters/acme/ca_settings.h"
#include "adapters/acme/directory_reader.h"
#include "adapters/acme/http_client.h"
#include "adapters/acme/jws.h"
#include "adapters/acme/nonce_pool.h"
#include "adapters/acme/wire.h"
#include "certmgr/ports/ca_memory.h"
#include "certmgr/ports/clock.h"

namespace certmgr::acme {

/// Signed requests to one CA (RFC 8555 section 6): directory, nonces, JWS, badNonce, problems.
/// Thread-safe.
class AcmeSession {
 public:
  AcmeSession(CaSettings settings, JwsKey key, std::string account_url, CaMemory& memory, Clock& clock);
  /// Leaves an unused nonce for the next process.
  ~AcmeSession();
  AcmeSession(const AcmeSession&) = delete;
  AcmeSession& operator=(const AcmeSession&) = delete;

  Result<DirectoryUrls> directory();
  /// POST signed with the account's URL as kid, or with the bare key before there is an account. The
  /// reply is a 2xx. An empty payload is a POST-as-GET (section 6.3).
  Result<HttpResponse> post(const std::string& url, const std::string& payload,
                            const std::string& accept = {});
  /// The same for a request that must not be sent twice unawares, as it makes something new each time.
  Result<HttpResponse> post_once(const std::string& url, const std::string& payload);
  Result<HttpResponse> post_with_jwk(const std::string& url, const std::string& payload);

  [[nodiscard]] const JwsKey& key() const { return key_; }
  [[nodiscard]] const CaSettings& settings() const { return settings_; }
  [[nodiscard]] Instant now() const { return clock_.now(); }
  [[nodiscard]] std::string account_url() const;
  void set_account_url(const std::string& url);
  /// Ca::clock_ahead
  [[nodiscard]] std::optional<Duration> clock_ahead() const;

 private:
  enum class Signer { account, bare_key };

  Result<HttpResponse> send(const HttpRequest& request);
  Result<HttpResponse> post_as(Signer signer, const std::string& url, const std::string& payload,
                               const std::string& accept, bool repeatable = true);
  Result<std::string> nonce();

  CaSettings settings_;
  JwsKey key_;
  CaMemory& memory_;
  Clock& clock_;
  HttpClient http_;
  DirectoryReader directory_;
  NoncePool nonces_;
  mutable std::mutex mutex_;  // guards the member below
  std::string account_url_;
  mutable std::mutex clock_mutex_;  // guards the members below
  std::string date_;                // the Date header of the latest reply that had one
  Instant date_read_at_;            // and when it came, by our clock
};

}  // namespace certmgr::acme
