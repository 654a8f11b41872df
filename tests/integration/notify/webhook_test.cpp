// SPDX-License-Identifier: MIT
// Webhooks against a real HTTP server.
#include <nlohmann/json.hpp>

#include "integration/notify/bench.h"
#include "lab/ports.h"
#include "lab/webhook_receiver.h"

namespace certmgr::notify::testing {
namespace {

using lab::WebhookReceiver;
using ::testing::HasSubstr;
using ::testing::Not;

class WebhookBench : public Bench {
 protected:
  WebhookReceiver receiver_;

  WebhookChannel settings() {
    WebhookChannel hook;
    hook.url = receiver_.url("/t0ken");
    return hook;
  }
};

TEST_F(WebhookBench, PostsTheDocumentSignedOverTimestampAndBody) {
  auto hook = settings();
  hook.secret_file = secret_file("secret", "k3y\n");
  const auto sent = send(channel(hook), notice());
  ASSERT_TRUE(sent) << sent.error().message();
  ASSERT_EQ(receiver_.posts().size(), 1U);
  const auto post = receiver_.posts()[0];
  EXPECT_EQ(post.headers.at("content-type"), "application/json");
  EXPECT_EQ(post.headers.at("x-certmgr-timestamp"), "1800000000");
  EXPECT_EQ(post.headers.at("x-certmgr-signature"), lab::expected_signature("k3y", post));
  EXPECT_EQ(nlohmann::json::parse(post.body), nlohmann::json::parse(R"({
    "version": 1, "message": "raised", "host": "pbx1", "sent_at": "2027-01-15T08:00:00Z",
    "text": "pbx1: renewal_failing of sip.example.com: the CA does not answer",
    "alarm": {"id": 7, "kind": "renewal_failing", "subject": "sip.example.com",
              "text": "the CA does not answer", "hint": "look at the CA's status page",
              "detail": "HTTP 503\nservice unavailable",
              "raised_at": "2027-01-15T07:43:20Z", "cleared_at": null}})"));
}

TEST_F(WebhookBench, RecoveriesAndTestsSaySo) {
  ASSERT_TRUE(send(channel(settings()), notice(Notice::Message::recovered)));
  ASSERT_TRUE(send(channel(settings()), notice(Notice::Message::test)));
  const auto recovered = nlohmann::json::parse(receiver_.posts().at(0).body);
  EXPECT_EQ(recovered["message"], "recovered");
  EXPECT_EQ(recovered["alarm"]["cleared_at"], "2027-01-15T07:58:20Z");
  const auto test = nlohmann::json::parse(receiver_.posts().at(1).body);
  EXPECT_EQ(test["message"], "test");
  EXPECT_TRUE(test["alarm"].is_null());
  EXPECT_EQ(receiver_.posts()[1].headers.count("x-certmgr-signature"), 0U);
}

TEST_F(WebhookBench, GoesOverHttpsToWhomItTrusts) {
  const WebhookReceiver secure(WebhookReceiver::Kind::https);
  WebhookChannel hook;
  hook.url = secure.url();
  const Trouble trouble = trouble_of(send(channel(hook), notice()));
  EXPECT_EQ(trouble.code, "notify_untrusted");
  EXPECT_TRUE(secure.posts().empty());
  hook.ca_bundle = secure.ca_file().string();
  const auto sent = send(channel(hook), notice());
  EXPECT_TRUE(sent) << sent.error().message();
  EXPECT_EQ(secure.posts().size(), 1U);
}

TEST_F(WebhookBench, TheStatusDecides) {
  struct Case {
    int status;
    bool sent;
    TroubleKind kind;
  };
  for (const Case& c : {Case{200, true, {}}, Case{204, true, {}}, Case{301, false, TroubleKind::permanent},
                        Case{400, false, TroubleKind::permanent}, Case{401, false, TroubleKind::permanent},
                        Case{404, false, TroubleKind::permanent}, Case{408, false, TroubleKind::transient},
                        Case{429, false, TroubleKind::transient}, Case{500, false, TroubleKind::transient},
                        Case{503, false, TroubleKind::transient}}) {
    receiver_.answer({.status = c.status, .headers = {{"Location", receiver_.url("/elsewhere")}}});
    const auto sent = send(channel(settings()), notice());
    EXPECT_EQ(sent.has_value(), c.sent) << c.status;
    if (!sent) {
      EXPECT_EQ(sent.error().kind, c.kind) << c.status;
      EXPECT_THAT(sent.error().why, HasSubstr(std::to_string(c.status)));
    }
  }
  for (const auto& post : receiver_.posts()) EXPECT_EQ(post.path, "/t0ken") << "redirects are not followed";
}

TEST_F(WebhookBench, ComesBackWhenTold) {
  receiver_.answer({.status = 429, .headers = {{"Retry-After", "120"}}, .body = "slow down"});
  const Trouble trouble = trouble_of(send(channel(settings()), notice()));
  EXPECT_EQ(trouble.retry_at, clock_.at + std::chrono::seconds(120));
  EXPECT_EQ(trouble.detail, "slow down");
}

TEST_F(WebhookBench, AnAnswerIsBoundedInTimeAndSize) {
  receiver_.answer({.flood = true});
  EXPECT_TRUE(send(channel(settings()), notice())) << "the status was there";
  receiver_.answer({.status = 404, .flood = true});
  const Trouble refused = trouble_of(send(channel(settings()), notice()));
  EXPECT_EQ(refused.code, "notify_refused");
  EXPECT_LE(refused.detail.size(), 2048U);
  receiver_.answer({.hang = true});
  const Trouble late = trouble_of(send(channel(settings(), std::chrono::seconds(1)), notice()));
  EXPECT_EQ(late.code, "notify_no_answer");
  EXPECT_EQ(late.kind, TroubleKind::transient);
}

TEST_F(WebhookBench, NoTroubleShowsThePathWhichMayBeASecret) {
  WebhookChannel hook;
  hook.url = "http://127.0.0.1:" + std::to_string(lab::free_port()) + "/s3cret?tok=s3cret";
  const Trouble unreachable = trouble_of(send(channel(hook), notice()));
  EXPECT_EQ(unreachable.code, "notify_unreachable");
  EXPECT_THAT(unreachable.message() + unreachable.hint, Not(HasSubstr("s3cret")));
  receiver_.answer({.status = 404});
  EXPECT_THAT(trouble_of(send(channel(settings()), notice())).message(), Not(HasSubstr("t0ken")));
}

TEST_F(WebhookBench, TheUrlMayStandInAFile) {
  WebhookChannel hook;
  hook.url_file = secret_file("url", receiver_.url("/from-file") + "\n");
  ASSERT_TRUE(send(channel(hook), notice()));
  EXPECT_EQ(receiver_.posts().at(0).path, "/from-file");
  hook.url_file = secret_file("bad", "http://192.0.2.1/s3cret\n");
  const Trouble trouble = trouble_of(send(channel(hook), notice()));
  EXPECT_EQ(trouble.code, "notify_url");
  EXPECT_THAT(trouble.message(), Not(HasSubstr("s3cret")));
}

TEST_F(WebhookBench, ASecretOthersMayReadIsNotUsed) {
  auto hook = settings();
  hook.secret_file = secret_file("secret", "k");
  std::filesystem::permissions(hook.secret_file, std::filesystem::perms(0604));
  EXPECT_EQ(trouble_of(send(channel(hook), notice())).code, "notify_secret");
  EXPECT_TRUE(receiver_.posts().empty()) << "nothing leaves unsigned that is to be signed";
}

TEST_F(WebhookBench, OctetsThatAreNoTextDoNotBreakTheDocument) {
  Notice odd = notice();
  odd.alarm.draft.text = "bell \x07 and \xff\xfe";
  odd.alarm.draft.detail = std::string(100'000, 'd');
  ASSERT_TRUE(send(channel(settings()), odd));
  const auto document = nlohmann::json::parse(receiver_.posts().at(0).body);
  EXPECT_EQ(document["alarm"]["text"], "bell   and \xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_LE(document["alarm"]["detail"].get<std::string>().size(), 8200U);
}

}  // namespace
}  // namespace certmgr::notify::testing
