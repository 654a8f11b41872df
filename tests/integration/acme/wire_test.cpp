// SPDX-License-Identifier: MIT
#include "adapters/acme/wire.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "adapters/acme/problem.h"

namespace certmgr::acme {
namespace {

const std::string kUrl = "https://ca/order/1";

TEST(Wire, ReadsAnOrderAndPassesOverWhatItDoesNotKnow) {
  const auto order = read_order(R"({"status":"pending","identifiers":[{"type":"dns","value":"B.example"},
      {"type":"dns","value":"a.example"},{"type":"new-type","value":"x"}],"authorizations":["https://ca/a/1","http://ca/a/2",7],
      "finalize":"https://ca/f","replaces":"x","unknown":{"a":[1]}})",
                                kUrl);
  ASSERT_TRUE(order);
  EXPECT_EQ(order->status, CaStatus::pending);
  EXPECT_EQ(join(order->identifiers), "a.example, b.example");
  EXPECT_EQ(order->authorizations, std::vector<std::string>{"https://ca/a/1"});
  EXPECT_FALSE(order->expires);
}

TEST(Wire, ReadsWhyAnOrderIsInvalid) {
  const auto order = read_order(
      R"({"status":"invalid","error":{"type":"urn:ietf:params:acme:error:caa","detail":"no"}})", kUrl);
  ASSERT_TRUE(order);
  ASSERT_TRUE(order->error);
  EXPECT_EQ(order->error->code, "acme_caa");
  EXPECT_EQ(order->error->why, "no (caa)");
  const auto expired = read_order(R"({"status":"invalid","expires":"2027-01-02T03:04:05Z"})", kUrl);
  ASSERT_TRUE(expired && expired->expires);
  EXPECT_EQ(to_rfc3339(*expired->expires), "2027-01-02T03:04:05Z");
}

TEST(Wire, AnAuthorizationMayHoldChallengesNobodyHasHeardOf) {
  const auto authorization =
      read_authorization(R"({"status":"pending","identifier":{"type":"dns","value":"a.example"},
      "challenges":[{"type":"sectigo-email-01","url":"https://ca/c/0","status":"valid"},{"type":7},"x",
      {"type":"http-01","url":"https://ca/c/1","token":"t","status":"pending"}],"wildcard":true})",
                         "https://ca/a/1");
  ASSERT_TRUE(authorization);
  ASSERT_EQ(authorization->challenges.size(), 2U);
  EXPECT_EQ(authorization->challenges[1].token, "t");
}

TEST(Wire, RefusesWhatCannotBeUsed) {
  for (const char* body :
       {"", "<html>", "[]", "7", "{\"status\":\"pending\"", R"({"status":"pending"})",
        R"({"status":"pending","finalize":"http://ca/f"})", R"({"status":"pending","finalize":7})",
        R"({"status":"valid","finalize":"https://ca/f"})",
        R"({"status":"valid","finalize":"https://ca/f","certificate":"ftp://x"})"}) {
    const auto order = read_order(body, kUrl);
    ASSERT_FALSE(order) << body;
    EXPECT_EQ(order.error().code, "ca_protocol");
  }
  EXPECT_FALSE(read_order(R"({"status":"pending","finalize":"https://ca/f"})", "")) << "no Location header";
  EXPECT_FALSE(read_directory(R"({"newNonce":"https://ca/n","newAccount":"https://ca/a"})"));
  EXPECT_FALSE(read_authorization(R"({"status":"pending"})", "https://ca/a/1"));
  EXPECT_FALSE(read_authorization(R"({"identifier":{"type":"dns","value":"../x"}})", "https://ca/a/1"));
  EXPECT_FALSE(read_account(R"({})"));
}

TEST(Problem, SubproblemsAreTold) {
  const auto trouble = read_problem(
      nlohmann::json::parse(R"({"type":"urn:ietf:params:acme:error:compound","detail":"two names",
      "subproblems":[{"type":"urn:ietf:params:acme:error:caa","detail":"CAA forbids it","identifier":{"type":"dns","value":"a.example"}},
      {"type":"urn:ietf:params:acme:error:dns","detail":"no such name","identifier":{"type":"dns","value":"b.example"}}]})"));
  EXPECT_EQ(trouble.why,
            "two names (compound): a.example: CAA forbids it (caa); b.example: no such name (dns)");
  EXPECT_EQ(trouble.kind, TroubleKind::permanent);
}

HttpResponse reply(long status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

TEST(Problem, DecidesWhetherTryingAgainHelps) {
  const Instant now{std::chrono::milliseconds(1732435740000)};
  const auto kind = [&](const HttpResponse& r) { return trouble_of(r, "test", "https://ca/x", now).kind; };
  EXPECT_EQ(kind(reply(500, "<html>oops")), TroubleKind::transient);
  EXPECT_EQ(kind(reply(503, "")), TroubleKind::transient);
  EXPECT_EQ(kind(reply(501, "")), TroubleKind::permanent) << "what is not implemented is not tomorrow either";
  EXPECT_EQ(kind(reply(429, R"({"type":"urn:ietf:params:acme:error:rateLimited"})")), TroubleKind::transient);
  EXPECT_EQ(kind(reply(403, R"({"type":"urn:ietf:params:acme:error:unauthorized"})")),
            TroubleKind::permanent);
  EXPECT_EQ(kind(reply(404, "not found")), TroubleKind::permanent);
  EXPECT_EQ(kind(reply(403, R"({"type":"urn:ietf:params:acme:error:externalAccountRequired"})")),
            TroubleKind::configuration);
}

TEST(Wire, AListOfOrdersMayBeABareArray) {
  const std::vector<std::string> urls{"https://ca/order/1", "https://ca/order/2"};
  EXPECT_EQ(*read_order_list(R"({"orders":["https://ca/order/1","https://ca/order/2"]})"), urls);
  EXPECT_EQ(*read_order_list(R"(["https://ca/order/1",7,"https://ca/order/2"])"), urls) << "smallstep's CAs";
  EXPECT_TRUE(read_order_list("[]")->empty());
  EXPECT_FALSE(read_order_list("7"));
  EXPECT_TRUE(read_order_list(R"({"orders":null})")->empty());
  EXPECT_FALSE(read_order_list(R"({"status":"valid","orders":"https://ca/acct/1/orders"})")) << "Serles";
}

TEST(Problem, OfATypeWithoutAWordIsPutIntoWords) {
  const auto why = [](const char* type) {
    return read_problem({{"type", std::string("urn:ietf:params:acme:error:") + type}}).why;
  };
  EXPECT_EQ(why("incorrectResponse"), "what it found there is not the proof (incorrectResponse)");
  EXPECT_EQ(why("connection"), "it could not connect there (connection)");
  EXPECT_EQ(why("unheardOf"), "the CA gives no reason (unheardOf)");
}

TEST(Problem, IsOneLineInALogAndAsItCameInTheDetail) {
  const auto trouble =
      read_problem({{"type", "urn:ietf:params:acme:error:malformed"},
                    {"detail", "[\n  {\"loc\": 1}\r\n]\n2026-01-01T00:00:00Z info all is well\x1b[1m\n"}});
  EXPECT_EQ(trouble.why, "[ {\"loc\": 1} ] 2026-01-01T00:00:00Z info all is well [1m (malformed)");
  EXPECT_NE(trouble.detail.find("\\n"), std::string::npos) << trouble.detail;
}

TEST(Problem, TheInstanceOfAUserActionIsShown) {
  const auto trouble = read_problem(nlohmann::json::parse(
      R"({"type":"urn:ietf:params:acme:error:userActionRequired","detail":"new terms","instance":"https://ca/tos"})"));
  EXPECT_EQ(trouble.hint, "visit https://ca/tos");
  EXPECT_EQ(trouble.url, "https://ca/tos");
}

TEST(Problem, AnInstanceThatIsNoPageIsShownToNobody) {
  for (const char* instance :
       {"javascript:alert(1)", "https://ca/ and more", R"(https://ca/\u001b[31m)", "https://köln.example/"}) {
    const auto trouble = read_problem(
        nlohmann::json::parse(std::string(R"({"type":"urn:ietf:params:acme:error:userActionRequired",)") +
                              R"("detail":"new terms","instance":")" + instance + "\"}"));
    EXPECT_TRUE(trouble.url.empty()) << trouble.url;
    EXPECT_EQ(trouble.hint, "see the CA's account pages for what it asks of you");
  }
}

TEST(Wire, AnOrderInProcessingMaySayWhatItWaitsFor) {
  const auto order = read_order(
      R"({"status":"processing","finalize":"https://ca/f","identifiers":[{"type":"dns","value":"a.example"}],)"
      R"("error":{"type":"urn:ietf:params:acme:error:userActionRequired","detail":"call us",)"
      R"("instance":"https://ca/desk/1"}})",
      "https://ca/order/1");
  ASSERT_TRUE(order);
  EXPECT_EQ(order->status, CaStatus::processing);
  ASSERT_TRUE(order->error);
  EXPECT_EQ(order->error->code, "acme_userActionRequired");
  EXPECT_EQ(order->error->url, "https://ca/desk/1");
}

TEST(Problem, APauseIsEndedByAPersonAndNotByTime) {
  const Instant now{std::chrono::milliseconds(1732435740000)};
  const auto trouble = trouble_of(
      reply(429, R"({"type":"urn:ietf:params:acme:error:rateLimited","detail":"Your account is temporarily )"
                 R"(prevented from requesting certificates for a.example and possibly others. Please visit: )"
                 R"(https://ca.example/unpause?jwt=a.b-c_d."})"),
      "test", "https://ca/x", now);
  EXPECT_EQ(trouble.kind, TroubleKind::permanent);
  EXPECT_EQ(trouble.code, "ca_paused");
  EXPECT_NE(trouble.hint.find("at https://ca.example/unpause?jwt=a.b-c_d, then"), std::string::npos)
      << trouble.hint;
  EXPECT_EQ(trouble.url, "https://ca.example/unpause?jwt=a.b-c_d");
}

TEST(Problem, ALimitWithoutATimeIsNotHammered) {
  const Instant now{std::chrono::milliseconds(1732435740000)};
  const auto limited = R"({"type":"urn:ietf:params:acme:error:rateLimited","detail":"too many"})";
  EXPECT_EQ(trouble_of(reply(429, limited), "test", "https://ca/x", now).retry_at,
            now + std::chrono::minutes(10));
  auto named = reply(429, limited);
  named.headers["retry-after"] = {"60"};
  EXPECT_EQ(trouble_of(named, "test", "https://ca/x", now).retry_at, now + std::chrono::minutes(1));
}

TEST(RetryAfter, IsReadAsSecondsOrDateAndBounded) {
  const Instant now{std::chrono::milliseconds(1732435740000)};  // Sun, 24 Nov 2024 08:09:00 GMT
  const auto with = [&](const std::string& value) {
    HttpResponse r = reply(503, "");
    r.headers["retry-after"] = {value};
    return retry_after(r, now);
  };
  EXPECT_EQ(with("120"), now + std::chrono::seconds(120));
  EXPECT_EQ(with("Sun, 24 Nov 2024 08:10:00 GMT"), now + std::chrono::seconds(60));
  EXPECT_EQ(with("Sun, 24 Nov 2019 08:10:00 GMT"), now);
  EXPECT_EQ(with("99999999999"), now + std::chrono::days(7));
  EXPECT_EQ(with("-5"), std::nullopt);
  EXPECT_EQ(with("soon"), std::nullopt);
  EXPECT_EQ(with(""), std::nullopt);
}

}  // namespace
}  // namespace certmgr::acme
