// SPDX-License-Identifier: MIT
// Mail through a real server.
#include "adapters/notify/mail_message.h"
#include "integration/notify/bench.h"
#include "lab/mail_server.h"
#include "lab/ports.h"

namespace certmgr::notify::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class MailBench : public Bench {
 protected:
  MailChannel settings(const lab::MailServer& server) {
    MailChannel mail;
    mail.host = "127.0.0.1";
    mail.port = server.port();
    mail.ca_bundle = server.ca_file().string();
    mail.from = "certmgr@example.com";
    mail.to = {"ops@example.com", "noc@example.com"};
    return mail;
  }
};

TEST_F(MailBench, GoesEncryptedWithALoginAndProperHeaders) {
  const lab::MailServer server({.login = "certmgr:s3cret pass"});
  auto mail = settings(server);
  mail.user = "certmgr";
  mail.password_file = secret_file("password", "s3cret pass\n");
  const auto sent = send(channel(mail), notice());
  ASSERT_TRUE(sent) << sent.error().message();
  ASSERT_EQ(server.mails().size(), 1U);
  const std::string text = server.mails().at(0);
  for (const char* line :
       {"ENVELOPE-FROM certmgr@example.com\r\n", "ENVELOPE-TO ops@example.com noc@example.com\r\n",
        "ENCRYPTED True\r\n", "LOGIN True\r\n", "Date: Fri, 15 Jan 2027 08:00:00 +0000\r\n",
        "From: certmgr@example.com\r\n", "To: ops@example.com,\r\n noc@example.com\r\n",
        "Subject: [certmgr] pbx1: renewal_failing of sip.example.com: the CA does not answer\r\n",
        "Message-ID: <certmgr.7.1799999000000.raised@pbx1>\r\n", "Auto-Submitted: auto-generated\r\n",
        "What to do: look at the CA's status page\r\n", "HTTP 503\r\nservice unavailable\r\n"})
    EXPECT_THAT(text, HasSubstr(line));
  EXPECT_THAT(text, Not(HasSubstr("s3cret")));
}

TEST_F(MailBench, ARecoveryIsAReplyToTheAlarm) {
  const lab::MailServer server;
  ASSERT_TRUE(send(channel(settings(server)), notice(Notice::Message::recovered)));
  const std::string text = server.mails().at(0);
  EXPECT_THAT(text, HasSubstr("Subject: [certmgr] pbx1: recovered: renewal_failing of sip.example.com\r\n"));
  EXPECT_THAT(text, HasSubstr("In-Reply-To: <certmgr.7.1799999000000.raised@pbx1>\r\n"));
  EXPECT_THAT(text, HasSubstr("Until:    2027-01-15T07:58:20Z\r\n"));
}

TEST_F(MailBench, SpeaksTlsFromTheStartAndPlainWhenTold) {
  for (const auto& [word, tls] : {std::pair{"tls", MailTls::tls}, std::pair{"none", MailTls::none}}) {
    const lab::MailServer server({.tls = word});
    auto mail = settings(server);
    mail.tls = tls;
    const auto sent = send(channel(mail), notice(Notice::Message::test));
    ASSERT_TRUE(sent) << word << ": " << sent.error().message();
    EXPECT_THAT(server.mails().at(0), HasSubstr(tls == MailTls::tls ? "ENCRYPTED True" : "ENCRYPTED False"));
  }
}

TEST_F(MailBench, NothingInANoticeBecomesAHeaderOrEndsTheMail) {
  const lab::MailServer server;
  Notice bad = notice();
  bad.alarm.draft.subject = "x\r\nBcc: victim@example.com";
  bad.alarm.draft.text = "gr\xc3\xbc\xc3\x9f\x65\r\n.\r\nMAIL FROM:<x@y.z>\r\n" + std::string(3000, 'a');
  bad.alarm.draft.detail = "first\n.\n..\nlast = \xff\x01 end ";
  bad.host = "h>\r\nX-Evil: 1";
  const auto sent = send(channel(settings(server)), bad);
  ASSERT_TRUE(sent) << sent.error().message();
  ASSERT_EQ(server.mails().size(), 1U);
  const std::string text = server.mails().at(0);
  const std::string headers = text.substr(0, text.find("\r\n\r\n", text.find("Date: ")));
  EXPECT_THAT(headers, Not(HasSubstr("\r\nBcc:")));
  EXPECT_THAT(headers, Not(HasSubstr("\r\nX-Evil:")));
  EXPECT_THAT(headers, HasSubstr("Subject: =?UTF-8?B?"));
  EXPECT_THAT(text, HasSubstr("first\r\n.\r\n..\r\nlast =3D =EF=BF=BD  end=20\r\n"));
  for (std::size_t begin = 0, end = 0; (end = text.find("\r\n", begin)) != std::string::npos; begin = end + 2)
    EXPECT_LE(end - begin, 250U) << text.substr(begin, end - begin);
}

TEST_F(MailBench, DoesNotSpeakToAServerItCannotTrust) {
  const lab::MailServer server({.login = "u:p"});
  const lab::MailServer other;
  auto mail = settings(server);
  mail.ca_bundle = other.ca_file().string();
  mail.user = "u";
  mail.password_file = secret_file("password", "p");
  const Trouble trouble = trouble_of(send(channel(mail), notice()));
  EXPECT_EQ(trouble.code, "notify_untrusted");
  EXPECT_EQ(trouble.kind, TroubleKind::configuration);
  EXPECT_THAT(trouble.hint, HasSubstr("ca_bundle"));
}

TEST_F(MailBench, DoesNotSpeakToAServerOfAnotherName) {
  const lab::MailServer server({.certificate_names = {"mail.example.com"}});
  EXPECT_EQ(trouble_of(send(channel(settings(server)), notice())).code, "notify_untrusted");
  EXPECT_TRUE(server.mails().empty());
}

TEST_F(MailBench, SendsNothingInTheClearWhereTlsIsWanted) {
  const lab::MailServer server({.tls = "none"});
  const Trouble trouble = trouble_of(send(channel(settings(server)), notice()));
  EXPECT_EQ(trouble.code, "notify_no_tls");
  EXPECT_EQ(trouble.kind, TroubleKind::configuration);
  EXPECT_TRUE(server.mails().empty());
}

TEST_F(MailBench, AWrongPasswordIsNamedAndNotShown) {
  const lab::MailServer server({.login = "certmgr:right"});
  auto mail = settings(server);
  mail.user = "certmgr";
  mail.password_file = secret_file("password", "wr0ng-secret");
  const Trouble trouble = trouble_of(send(channel(mail), notice()));
  EXPECT_EQ(trouble.code, "notify_login");
  EXPECT_EQ(trouble.kind, TroubleKind::configuration);
  EXPECT_THAT(trouble.why, HasSubstr("535"));
  EXPECT_THAT(trouble.message() + trouble.hint + trouble.detail, Not(HasSubstr("wr0ng-secret")));
}

TEST_F(MailBench, APasswordOthersMayReadIsNotUsed) {
  const lab::MailServer server({.login = "certmgr:p"});
  auto mail = settings(server);
  mail.user = "certmgr";
  mail.password_file = secret_file("password", "p");
  std::filesystem::permissions(mail.password_file, std::filesystem::perms(0640));
  EXPECT_EQ(trouble_of(send(channel(mail), notice())).code, "notify_secret");
  mail.password_file = (dir_ / "missing").string();
  EXPECT_THAT(trouble_of(send(channel(mail), notice())).why, HasSubstr("No such file"));
  mail.password_file = secret_file("empty", "\n");
  EXPECT_THAT(trouble_of(send(channel(mail), notice())).why, HasSubstr("no secret"));
}

TEST_F(MailBench, OneMailboxThatIsGoneDoesNotKeepTheAlarmFromTheOthers) {
  const lab::MailServer server;
  auto mail = settings(server);
  mail.to = {"gone@example.com", "ops@example.com"};
  EXPECT_TRUE(send(channel(mail), notice()));
  EXPECT_THAT(server.mails().at(0), HasSubstr("ENVELOPE-TO ops@example.com\r\n"));
  const Trouble trouble = trouble_of(send(channel(mail), notice(Notice::Message::test)));
  EXPECT_EQ(trouble.code, "notify_refused") << "a test tells";
  EXPECT_THAT(trouble.why, HasSubstr("550 5.1.1 no such mailbox"));
}

TEST_F(MailBench, TellsForGoodFromForNow) {
  const lab::MailServer server;
  struct Case {
    const char* to;
    TroubleKind kind;
    const char* words;
  };
  for (const Case& c : {Case{"gone@example.com", TroubleKind::permanent, "550 5.1.1 no such mailbox"},
                        Case{"busy@example.com", TroubleKind::transient, "451 4.7.1 try again later"}}) {
    auto mail = settings(server);
    mail.to = {c.to};
    const Trouble trouble = trouble_of(send(channel(mail), notice()));
    EXPECT_EQ(trouble.kind, c.kind) << c.to;
    EXPECT_THAT(trouble.why, HasSubstr(c.words));
  }
}

TEST_F(MailBench, AServerThatIsNotThereMayComeBack) {
  MailChannel mail;
  mail.host = "127.0.0.1";
  mail.port = lab::free_port();
  mail.from = mail.to.emplace_back("a@example.com");
  const Trouble trouble = trouble_of(send(channel(mail), notice()));
  EXPECT_EQ(trouble.code, "notify_unreachable");
  EXPECT_EQ(trouble.kind, TroubleKind::transient);
  EXPECT_THAT(trouble.why, HasSubstr("127.0.0.1:" + std::to_string(mail.port)));
}

TEST(MailText, HeadersAreAsciiInWordsOfAtMost75) {
  EXPECT_EQ(header_text("plain"), "plain");
  EXPECT_EQ(header_text("gr\xc3\xbc\xc3\x9f\x65"), "=?UTF-8?B?Z3LDvMOfZQ==?=");
  EXPECT_EQ(header_text("=?UTF-8?B?eA==?="), "=?UTF-8?B?PT9VVEYtOD9CP2VBPT0/PQ==?=");
  EXPECT_EQ(header_text("a\r\nb"), "=?UTF-8?B?YQ0KYg==?=");
  std::string euros;
  for (int i = 0; i < 40; ++i) euros += "\xe2\x82\xac";
  const std::string words = header_text(euros);
  EXPECT_EQ(words.find("\r\n =?UTF-8?B?"), 72U);
  EXPECT_EQ(words.find('\xe2'), std::string::npos);
}

TEST(MailText, QuotedPrintableKeepsLinesShortAndBlanksAtTheirEnds) {
  EXPECT_EQ(quoted_printable("a=b \nc\t\n\xc3\xa4"), "a=3Db=20\r\nc=09\r\n=C3=A4");
  EXPECT_EQ(quoted_printable(std::string(80, 'x')), std::string(75, 'x') + "=\r\n" + std::string(5, 'x'));
}

TEST(MailText, DatesAreThoseOfRfc5322) {
  EXPECT_EQ(mail_date(Instant(std::chrono::milliseconds(0))), "Thu, 01 Jan 1970 00:00:00 +0000");
  EXPECT_EQ(mail_date(*parse_rfc3339("2028-02-29T23:59:59Z")), "Tue, 29 Feb 2028 23:59:59 +0000");
}

}  // namespace
}  // namespace certmgr::notify::testing
