// SPDX-License-Identifier: MIT
// RFC 8555 section 6: what a request must be like whatever it is for.
#include <gmock/gmock.h>

#include "integration/strict_ca/acme_client.h"
#include "lab/strict_ca/strict_ca.h"

namespace certmgr::lab {
namespace {

using namespace testing;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(Gate, LetsInWhatIsRightForEveryAlgorithm) {
  StrictCa ca;
  for (const char* algorithm : {"ES256", "ES384", "RS256", "EdDSA"}) {
    AcmeClient client(ca, SigningKey(algorithm));
    const auto answer = client.register_account();
    EXPECT_EQ(answer.status, 201) << algorithm << answer.text;
    EXPECT_EQ(answer.content_type, "application/json");
    EXPECT_EQ(client.read(client.account()).status, 200) << algorithm;
    const auto link = answer.header("Link");
    EXPECT_EQ(link, "<" + ca.directory_url() + ">;rel=\"index\"");
  }
  EXPECT_THAT(ca.violations(), IsEmpty());
}

TEST(Gate, GivesNoncesAndTheDirectoryBothWays) {
  StrictCa ca;
  AcmeClient client(ca);
  ASSERT_EQ(client.register_account().status, 201);
  EXPECT_EQ(client.read(ca.directory_url()).body(), client.directory());
  EXPECT_EQ(client.read(client.url_of("newNonce")).status, 204);
  EXPECT_EQ(client.post(ca.directory_url(), json::object()).status, 405);
  const auto answer = client.get(client.url_of("newNonce"));
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.header("Cache-Control"), "no-store");
  EXPECT_FALSE(answer.header("Replay-Nonce").empty());
  EXPECT_NE(client.nonce(), client.nonce());
}

struct Wrong {
  const char* what;
  std::function<void(Letter&, const AcmeClient&)> how;
  const char* problem;
  int status;
  bool violation = true;
};

void tamper(json& envelope, const char* member) {
  auto text = envelope[member].get<std::string>();
  text[text.size() / 2] = text[text.size() / 2] == 'A' ? 'B' : 'A';
  envelope[member] = text;
}

const std::vector<Wrong>& wrong_headers() {
  static const std::vector<Wrong> kAll = {
      {"plain JSON as its type", [](auto& it, auto&) { it.content_type = "application/json"; }, "malformed",
       415},
      {"a parameter in the type",
       [](auto& it, auto&) { it.content_type = "application/jose+json; charset=utf-8"; }, "malformed", 415},
      {"no User-Agent", [](auto& it, auto&) { it.user_agent = ""; }, "malformed", 400},
      {"an Accept that leaves JSON out", [](auto& it, auto&) { it.accept = "text/html"; }, "malformed", 406},
      {"another url", [](auto& it, auto&) { it.header["url"] = it.url + "x"; }, "unauthorized", 403},
      {"no url", [](auto& it, auto&) { it.header.erase("url"); }, "malformed", 400},
      {"no nonce", [](auto& it, auto&) { it.header.erase("nonce"); }, "malformed", 400},
      {"a nonce with padding", [](auto& it, auto&) { it.header["nonce"] = "AA=="; }, "malformed", 400},
      {"a made up nonce", [](auto& it, auto&) { it.header["nonce"] = "AAAA"; }, "badNonce", 400, false},
      {"both kid and jwk", [](auto& it, auto& client) { it.header["jwk"] = client.key().jwk(); }, "malformed",
       400},
      {"neither", [](auto& it, auto&) { it.header.erase("kid"); }, "malformed", 400},
      {"the key where the account is wanted",
       [](auto& it, auto& client) {
         it.header.erase("kid");
         it.header["jwk"] = client.key().jwk();
       },
       "malformed", 400},
      {"an unknown account", [](auto& it, auto&) { it.header["kid"] = "https://127.0.0.1/account/none"; },
       "accountDoesNotExist", 400, false},
      {"no algorithm", [](auto& it, auto&) { it.header.erase("alg"); }, "malformed", 400},
      {"the algorithm none", [](auto& it, auto&) { it.header["alg"] = "none"; }, "badSignatureAlgorithm",
       400},
      {"a MAC", [](auto& it, auto&) { it.header["alg"] = "HS256"; }, "badSignatureAlgorithm", 400},
      {"an algorithm of the future", [](auto& it, auto&) { it.header["alg"] = "ES999"; },
       "badSignatureAlgorithm", 400, false},
      {"another key's algorithm", [](auto& it, auto&) { it.header["alg"] = "RS256"; }, "malformed", 400},
      {"crit", [](auto& it, auto&) { it.header["crit"] = {"exp"}; }, "malformed", 400},
      {"b64", [](auto& it, auto&) { it.header["b64"] = false; }, "malformed", 400},
  };
  return kAll;
}

const std::vector<Wrong>& wrong_bodies() {
  static const std::vector<Wrong> kAll = {
      {"another signature",
       [](auto& it, auto&) { it.spoil = [](json& envelope) { tamper(envelope, "signature"); }; }, "malformed",
       400},
      {"another payload than was signed",
       [](auto& it, auto&) { it.spoil = [](json& envelope) { envelope["payload"] = encode("{\"a\":1}"); }; },
       "malformed", 400},
      {"padded base64", [](auto& it, auto&) { it.spoil = [](json& e) { e["payload"] = "e30="; }; },
       "malformed", 400},
      {"the other base64", [](auto& it, auto&) { it.spoil = [](json& e) { e["signature"] = "a+/b"; }; },
       "malformed", 400},
      {"stray bits in base64", [](auto& it, auto&) { it.spoil = [](json& e) { e["payload"] = "e31"; }; },
       "malformed", 400},
      {"an unprotected header",
       [](auto& it, auto&) { it.spoil = [](json& e) { e["header"] = json::object(); }; }, "malformed", 400},
      {"the general form",
       [](auto& it, auto&) {
         it.spoil = [](json& e) { e = {{"payload", e["payload"]}, {"signatures", {e}}}; };
       },
       "malformed", 400},
      {"the compact form",
       [](auto& it, auto&) {
         it.spoil = [](json& e) {
           e = e["protected"].get<std::string>() + "." + e["payload"].get<std::string>() + "." +
               e["signature"].get<std::string>();
         };
       },
       "malformed", 400},
      {"no payload", [](auto& it, auto&) { it.spoil = [](json& e) { e.erase("payload"); }; }, "malformed",
       400},
      {"a member twice",
       [](auto& it, auto&) { it.spoil = [](json& e) { e = "{\"payload\":\"\"," + e.dump().substr(1); }; },
       "malformed", 400},
      {"something else than JSON", [](auto& it, auto&) { it.spoil = [](json& e) { e = "[]"; }; }, "malformed",
       400},
      {"a resource that is not there",
       [](auto& it, auto&) {
         it.url += "/nowhere";
         it.header["url"] = it.url;
       },
       "malformed", 404},
      {"PUT", [](auto& it, auto&) { it.method = "PUT"; }, "malformed", 405},
      {"GET", [](auto& it, auto&) { it.method = "GET"; }, "malformed", 405},
  };
  return kAll;
}

void expect_refused(const std::vector<Wrong>& requests) {
  StrictCa ca;
  AcmeClient client(ca);
  ASSERT_EQ(client.register_account().status, 201);
  std::size_t violations = 0;
  for (const auto& wrong : requests) {
    Letter letter = client.letter(client.account(), "{}");
    wrong.how(letter, client);
    const auto answer = client.send(letter);
    EXPECT_EQ(answer.problem(), wrong.problem) << wrong.what << answer.text;
    EXPECT_EQ(answer.status, wrong.status) << wrong.what;
    EXPECT_EQ(answer.header("Replay-Nonce").empty(), letter.method != "POST") << wrong.what;
    violations += wrong.violation ? 1 : 0;
    EXPECT_THAT(ca.violations(), SizeIs(violations)) << wrong.what;
  }
  EXPECT_EQ(client.read(client.account()).status, 200) << "the account has come to no harm";
}

TEST(Gate, TurnsAwayWrongHeaders) { expect_refused(wrong_headers()); }

TEST(Gate, TurnsAwayWrongBodies) { expect_refused(wrong_bodies()); }

TEST(Gate, TakesANonceOnce) {
  StrictCa ca;
  AcmeClient client(ca);
  ASSERT_EQ(client.register_account().status, 201);
  const auto letter = client.letter(client.account(), "");
  EXPECT_EQ(client.send(letter).status, 200);
  const auto again = client.send(letter);
  EXPECT_EQ(again.problem(), "badNonce");
  EXPECT_THAT(ca.violations(), SizeIs(1));
  auto with_new_nonce = client.letter(client.account(), "");
  with_new_nonce.header["nonce"] = again.header("Replay-Nonce");
  EXPECT_EQ(client.send(with_new_nonce).status, 200);
}

TEST(Gate, TurnsAwayWeakAndOddKeys) {
  StrictCa ca;
  const SigningKey good;
  const struct {
    const char* what;
    std::function<void(json&)> how;
    const char* problem;
  } cases[] = {
      {"a private key", [](json& jwk) { jwk["d"] = "AAAA"; }, "malformed"},
      {"an unknown kind", [](json& jwk) { jwk["kty"] = "oct"; }, "badPublicKey"},
      {"an unknown curve", [](json& jwk) { jwk["crv"] = "P-521"; }, "badPublicKey"},
      {"a short coordinate", [](json& jwk) { jwk["x"] = "AAAA"; }, "badPublicKey"},
      {"a point off the curve", [](json& jwk) { jwk["x"] = encode(std::string(32, 'x')); }, "badPublicKey"},
      {"padding", [](json& jwk) { jwk["x"] = jwk["x"].get<std::string>() + "="; }, "badPublicKey"},
      {"a small RSA key",
       [](json& jwk) {
         jwk = {{"kty", "RSA"}, {"e", "AQAB"}, {"n", encode(std::string(128, '\xff'))}};
       },
       "badPublicKey"},
      {"no key at all", [](json& jwk) { jwk = "key"; }, "malformed"},
  };
  for (const auto& one : cases) {
    const AcmeClient client(ca, good);
    auto letter = client.with_jwk(client.url_of("newAccount"), "{}");
    one.how(letter.header["jwk"]);
    EXPECT_EQ(client.send(letter).problem(), one.problem) << one.what;
  }
}

TEST(Gate, CountsWhatCameBy) {
  StrictCa ca;
  AcmeClient client(ca);
  ASSERT_EQ(client.register_account().status, 201);
  ca.forget_requests();
  ASSERT_TRUE(client.read(client.account()).ok());
  const auto all = ca.requests();
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0].resource, strict::resources::kNewNonce);
  EXPECT_EQ(all[0].method, "HEAD");
  EXPECT_EQ(all[1].resource, strict::resources::kAccount);
  EXPECT_EQ(all[1].account, client.account());
  EXPECT_EQ(all[1].status, 200);
  EXPECT_EQ(ca.count(strict::resources::kNewOrder), 0);
}

}  // namespace
}  // namespace certmgr::lab
