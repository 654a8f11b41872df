// SPDX-License-Identifier: MIT
#include "integration/strict_ca/acme_client.h"

#include <httplib.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/hmac.h>

#include <array>
#include <stdexcept>

#include "integration/strict_ca/csr_maker.h"
#include "lab/strict_ca/strict_ca.h"

namespace certmgr::lab::testing {
namespace {

using BignumPtr = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using DigestPtr = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using EcSignaturePtr = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;

PkeyPtr key_for(const std::string& algorithm) {
  if (algorithm == "ES256") return PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  if (algorithm == "ES384") return PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-384"));
  if (algorithm == "EdDSA") return PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  return PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048}));
}

std::string number(const EVP_PKEY& key, const char* name, int length = 0) {
  BIGNUM* raw = nullptr;
  EVP_PKEY_get_bn_param(&key, name, &raw);
  const BignumPtr value(raw);
  std::string octets(static_cast<std::size_t>(length > 0 ? length : BN_num_bytes(value.get())), '\0');
  BN_bn2binpad(value.get(), reinterpret_cast<unsigned char*>(octets.data()), static_cast<int>(octets.size()));
  return encode(octets);
}

json jwk_of(const EVP_PKEY& key, const std::string& algorithm) {
  if (algorithm == "RS256")
    return {
        {"kty", "RSA"}, {"n", number(key, OSSL_PKEY_PARAM_RSA_N)}, {"e", number(key, OSSL_PKEY_PARAM_RSA_E)}};
  if (algorithm == "EdDSA") {
    std::string octets(32, '\0');
    std::size_t size = octets.size();
    EVP_PKEY_get_raw_public_key(&key, reinterpret_cast<unsigned char*>(octets.data()), &size);
    return {{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", encode(octets)}};
  }
  const bool small = algorithm == "ES256";
  return {{"kty", "EC"},
          {"crv", small ? "P-256" : "P-384"},
          {"x", number(key, OSSL_PKEY_PARAM_EC_PUB_X, small ? 32 : 48)},
          {"y", number(key, OSSL_PKEY_PARAM_EC_PUB_Y, small ? 32 : 48)}};
}

std::string side_by_side(const std::string& der, int length) {
  const auto* from = reinterpret_cast<const unsigned char*>(der.data());
  const EcSignaturePtr signature(d2i_ECDSA_SIG(nullptr, &from, static_cast<long>(der.size())));
  std::string octets(static_cast<std::size_t>(length) * 2, '\0');
  auto* out = reinterpret_cast<unsigned char*>(octets.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out, length);
  BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out + length, length);
  return octets;
}

std::unique_ptr<httplib::SSLClient> connection(const std::string& base, const std::string& ca_file) {
  auto client =
      std::make_unique<httplib::SSLClient>("127.0.0.1", std::stoi(base.substr(base.rfind(':') + 1)));
  client->set_ca_cert_path(ca_file);
  client->enable_server_certificate_verification(true);
  client->set_read_timeout(std::chrono::seconds(20));
  return client;
}

Answer answer_of(const httplib::Result& result) {
  if (!result) return {};
  Answer answer{.status = result->status,
                .content_type = result->get_header_value("Content-Type"),
                .text = result->body};
  for (const auto& [name, value] : result->headers) answer.headers.emplace(name, value);
  return answer;
}

}  // namespace

std::string encode(const std::string& octets) {
  std::string text(4 * ((octets.size() + 2) / 3) + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(octets.data()), static_cast<int>(octets.size()));
  text.resize(static_cast<std::size_t>(size));
  text.erase(text.find_last_not_of('=') + 1);
  for (char& letter : text) {
    if (letter == '+') letter = '-';
    if (letter == '/') letter = '_';
  }
  return text;
}

SigningKey::SigningKey(std::string algorithm)
    : algorithm_(std::move(algorithm)), key_(key_for(algorithm_)), jwk_(jwk_of(*key_, algorithm_)) {}

std::string SigningKey::thumbprint() const {
  std::string digest(32, '\0');
  const std::string text = jwk_.dump();
  EVP_Q_digest(nullptr, "SHA256", nullptr, text.data(), text.size(),
               reinterpret_cast<unsigned char*>(digest.data()), nullptr);
  return encode(digest);
}

std::string SigningKey::sign(const std::string& text) const {
  const DigestPtr context(EVP_MD_CTX_new());
  const EVP_MD* digest = algorithm_ == "EdDSA"   ? nullptr
                         : algorithm_ == "ES384" ? EVP_sha384()
                                                 : EVP_sha256();
  EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key_.get());
  const auto* from = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t size = 0;
  EVP_DigestSign(context.get(), nullptr, &size, from, text.size());
  std::string signature(size, '\0');
  EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, from, text.size());
  signature.resize(size);
  if (algorithm_ == "ES256") return side_by_side(signature, 32);
  return algorithm_ == "ES384" ? side_by_side(signature, 48) : signature;
}

json signed_by(const SigningKey& key, const json& header, const std::string& payload) {
  const std::string text = encode(header.dump()) + "." + encode(payload);
  return {{"protected", encode(header.dump())},
          {"payload", encode(payload)},
          {"signature", encode(key.sign(text))}};
}

json maced_by(const std::string& mac_key, const json& header, const std::string& payload) {
  const std::string text = encode(header.dump()) + "." + encode(payload);
  std::string mac(32, '\0');
  HMAC(EVP_sha256(), mac_key.data(), static_cast<int>(mac_key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       reinterpret_cast<unsigned char*>(mac.data()), nullptr);
  return {{"protected", encode(header.dump())}, {"payload", encode(payload)}, {"signature", encode(mac)}};
}

std::string Answer::problem() const {
  const std::string prefix = "urn:ietf:params:acme:error:";
  if (content_type != "application/problem+json") return {};
  const std::string type = body().value("type", "");
  return type.starts_with(prefix) ? type.substr(prefix.size()) : "not a problem of ACME: " + type;
}

std::string Answer::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

AcmeClient::AcmeClient(const StrictCa& ca, SigningKey key)
    : base_(ca.directory_url().substr(0, ca.directory_url().rfind('/'))),
      ca_file_(ca.ca_file().string()),
      key_(std::move(key)),
      directory_(get(ca.directory_url()).body()) {}

std::string AcmeClient::nonce() const {
  const auto client = connection(base_, ca_file_);
  return answer_of(client->Head("/new-nonce")).header("Replay-Nonce");
}

Letter AcmeClient::letter(const std::string& url, const std::string& payload) const {
  if (account_.empty()) return with_jwk(url, payload);
  return {.url = url,
          .payload = payload,
          .header = {{"alg", key_.algorithm()}, {"kid", account_}, {"nonce", nonce()}, {"url", url}}};
}

Letter AcmeClient::with_jwk(const std::string& url, const std::string& payload) const {
  return {.url = url,
          .payload = payload,
          .header = {{"alg", key_.algorithm()}, {"jwk", key_.jwk()}, {"nonce", nonce()}, {"url", url}}};
}

Answer AcmeClient::send(const Letter& letter) const {
  const auto client = connection(base_, ca_file_);
  json envelope = signed_by(key_, letter.header, letter.payload);
  if (letter.spoil) letter.spoil(envelope);
  httplib::Request request;
  request.method = letter.method;
  request.path = letter.url.substr(base_.size());
  request.headers = {{"User-Agent", letter.user_agent}};
  if (!letter.accept.empty()) request.set_header("Accept", letter.accept);
  if (letter.method == "POST") {
    request.set_header("Content-Type", letter.content_type);
    request.body = envelope.is_string() ? envelope.get<std::string>() : envelope.dump();
  }
  return answer_of(client->send(request));
}

Answer AcmeClient::post(const std::string& url, const json& payload) const {
  return send(letter(url, payload.dump()));
}

Answer AcmeClient::read(const std::string& url) const { return send(letter(url, "")); }

Answer AcmeClient::get(const std::string& url) const {
  const auto client = connection(base_, ca_file_);
  return answer_of(client->Get(url.substr(base_.size())));
}

Answer AcmeClient::register_account(const json& payload) {
  auto answer = send(with_jwk(url_of("newAccount"), payload.dump()));
  if (answer.ok()) account_ = answer.header("Location");
  return answer;
}

json identifiers_of(const std::vector<std::string>& names) {
  json identifiers = json::array();
  for (const auto& name : names) {
    const bool address =
        name.find(':') != std::string::npos || name.find_first_not_of("0123456789.") == std::string::npos;
    identifiers.push_back({{"type", address ? "ip" : "dns"}, {"value", name}});
  }
  return identifiers;
}

std::string AcmeClient::order(const std::vector<std::string>& names, const json& more) const {
  json payload = more;
  payload["identifiers"] = identifiers_of(names);
  const auto answer = post(url_of("newOrder"), payload);
  if (answer.status != 201) throw std::runtime_error("no order: " + answer.text);
  return answer.header("Location");
}

void AcmeClient::answer(const std::string& order_url, const std::string& type) const {
  const auto order = read(order_url).body();
  for (const auto& url : order.at("authorizations")) {
    const auto authorization = read(url).body();
    if (authorization["status"] != "pending") continue;
    for (const auto& challenge : authorization["challenges"])
      if (challenge["type"] == type) static_cast<void>(post(challenge["url"], json::object()));
  }
}

Answer AcmeClient::finalize(const std::string& order_url, const std::string& csr_der) const {
  return post(order_url + "/finalize", {{"csr", encode(csr_der)}});
}

std::string AcmeClient::issue(const std::vector<std::string>& names, const json& more) const {
  const auto url = order(names, more);
  answer(url, names.front().starts_with("*.") ? "dns-01" : "http-01");
  const auto finalized = finalize(url, csr_for(names));
  if (!finalized.ok()) throw std::runtime_error("not finalized: " + finalized.text);
  const auto done = read(url).body();
  if (done["status"] != "valid") throw std::runtime_error("not issued: " + done.dump());
  return read(done["certificate"]).text;
}

}  // namespace certmgr::lab::testing
