// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "lab/openssl_handles.h"

namespace certmgr::lab {

class StrictCa;

namespace testing {

using nlohmann::json;

std::string encode(const std::string& octets);  // base64url, by OpenSSL

/// An account key for one of the JWS algorithms.
class SigningKey {
 public:
  explicit SigningKey(std::string algorithm = "ES256");
  [[nodiscard]] const std::string& algorithm() const { return algorithm_; }
  [[nodiscard]] const json& jwk() const { return jwk_; }
  [[nodiscard]] std::string thumbprint() const;
  [[nodiscard]] std::string sign(const std::string& text) const;
  [[nodiscard]] EVP_PKEY* handle() const { return key_.get(); }

 private:
  std::string algorithm_;
  std::shared_ptr<EVP_PKEY> key_;
  json jwk_;
};

/// A flattened JWS of this header and payload.
json signed_by(const SigningKey& key, const json& header, const std::string& payload);
/// The same with HS256.
json maced_by(const std::string& mac_key, const json& header, const std::string& payload);

struct Answer {
  int status = 0;  // 0: the connection ended
  std::string content_type = {};
  std::string text = {};
  std::multimap<std::string, std::string> headers = {};

  [[nodiscard]] json body() const { return json::parse(text); }
  /// Of a problem document, without urn:ietf:params:acme:error: ; empty for anything else.
  [[nodiscard]] std::string problem() const;
  [[nodiscard]] std::string header(const std::string& name) const;
  [[nodiscard]] bool ok() const { return status >= 200 && status < 300; }
};

/// A request before it is sent, so that a test can make any part of it wrong.
struct Letter {
  std::string url;
  std::string payload;
  json header;
  std::string content_type = "application/jose+json";
  std::string user_agent = "strict-ca-test";
  std::string accept = {};
  std::function<void(json&)> spoil = {};  // the signed JWS
  std::string method = "POST";
};

/// A small ACME client that does what it is told.
class AcmeClient {
 public:
  explicit AcmeClient(const StrictCa& ca, SigningKey key = SigningKey());

  [[nodiscard]] std::string url_of(const std::string& resource) const { return directory_.at(resource); }
  [[nodiscard]] const json& directory() const { return directory_; }
  [[nodiscard]] const std::string& account() const { return account_; }
  [[nodiscard]] const SigningKey& key() const { return key_; }
  void use(const SigningKey& key) { key_ = key; }
  [[nodiscard]] std::string nonce() const;

  /// Right in every part; signed by the account when there is one.
  [[nodiscard]] Letter letter(const std::string& url, const std::string& payload) const;
  [[nodiscard]] Letter with_jwk(const std::string& url, const std::string& payload) const;
  [[nodiscard]] Answer send(const Letter& letter) const;
  [[nodiscard]] Answer post(const std::string& url, const json& payload) const;
  [[nodiscard]] Answer read(const std::string& url) const;  // POST-as-GET
  [[nodiscard]] Answer get(const std::string& url) const;

  Answer register_account(const json& payload = {{"termsOfServiceAgreed", true}});
  /// URL of a new order for these DNS names and addresses; std::runtime_error with the problem otherwise.
  [[nodiscard]] std::string order(const std::vector<std::string>& names,
                                  const json& more = json::object()) const;
  /// Answers a challenge of this type in every pending authorization.
  void answer(const std::string& order_url, const std::string& type) const;
  [[nodiscard]] Answer finalize(const std::string& order_url, const std::string& csr_der) const;
  /// From a new order to the PEM chain, where the CA accepts every proof.
  [[nodiscard]] std::string issue(const std::vector<std::string>& names,
                                  const json& more = json::object()) const;

 private:
  std::string base_;
  std::string ca_file_;
  SigningKey key_;
  std::string account_;
  json directory_;
};

/// The identifiers of an order for these names.
json identifiers_of(const std::vector<std::string>& names);

}  // namespace testing
}  // namespace certmgr::lab
