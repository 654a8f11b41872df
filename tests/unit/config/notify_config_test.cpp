// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "config/config.h"

namespace certmgr::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<NotifyChannel> channels(const std::string& text) {
  auto config = parse(text, "test.toml");
  if (!config) throw Failure(config.error());
  return config->notify;
}

TEST(NotifyConfig, ThereAreNoChannelsByDefault) {
  EXPECT_THAT(channels(""), IsEmpty());
  EXPECT_THAT(channels("[notify]"), IsEmpty());
}

TEST(NotifyConfig, ReadsEveryKeyOfAMailChannel) {
  const auto all = channels(R"(
[notify.ops]
type = "smtp"
on = ["revoked", "expiry_near", "revoked"]
host = "mail.example.com"
port = 2525
tls = "tls"
ca_bundle = "/etc/mail-ca.pem"
user = "certmgr"
password_file = "/etc/certmgr/mail.pw"
from = "certmgr@example.com"
to = ["a@example.com", "b@example.com"]
timeout = 5
)");
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].name, "ops");
  EXPECT_THAT(all[0].on, ElementsAre(AlarmKind::revoked, AlarmKind::expiry_near));
  EXPECT_EQ(all[0].timeout, std::chrono::seconds(5));
  const auto& mail = std::get<MailChannel>(all[0].way);
  EXPECT_EQ(mail.host, "mail.example.com");
  EXPECT_EQ(mail.port, 2525);
  EXPECT_EQ(mail.tls, MailTls::tls);
  EXPECT_EQ(mail.ca_bundle, "/etc/mail-ca.pem");
  EXPECT_EQ(mail.user, "certmgr");
  EXPECT_EQ(mail.password_file, "/etc/certmgr/mail.pw");
  EXPECT_EQ(mail.from, "certmgr@example.com");
  EXPECT_THAT(mail.to, ElementsAre("a@example.com", "b@example.com"));
}

TEST(NotifyConfig, MailIsEncryptedUnlessSaidOtherwise) {
  struct Case {
    const char* tls;
    MailTls means;
    int port;
  };
  for (const Case& c :
       {Case{"", MailTls::starttls, 587}, Case{"tls = \"starttls\"", MailTls::starttls, 587},
        Case{"tls = \"tls\"", MailTls::tls, 465}, Case{"tls = \"none\"", MailTls::none, 25}}) {
    const auto all = channels(std::string("[notify.m]\ntype=\"smtp\"\nhost=\"mx\"\nfrom=\"a@b.c\"\n") +
                              "to=[\"d@e.f\"]\n" + c.tls);
    const auto& mail = std::get<MailChannel>(all.at(0).way);
    EXPECT_EQ(mail.tls, c.means) << c.tls;
    EXPECT_EQ(mail.port, c.port) << c.tls;
    EXPECT_EQ(all[0].on, alarm_kinds());
  }
}

TEST(NotifyConfig, ReadsWebhooksAndCommandsSortedByName) {
  const auto all = channels(R"(
[notify.pager]
type = "command"
command = ["/usr/local/bin/page", "--urgent", "a b; c"]
[notify.chat]
type = "webhook"
url_file = "/etc/certmgr/chat.url"
[notify.hook]
type = "webhook"
url = "https://hooks.example.com/x"
secret_file = "/etc/certmgr/hook.secret"
ca_bundle = "/etc/hooks-ca.pem"
)");
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(std::get<WebhookChannel>(all[0].way).url_file, "/etc/certmgr/chat.url");
  const auto& hook = std::get<WebhookChannel>(all[1].way);
  EXPECT_EQ(hook.url, "https://hooks.example.com/x");
  EXPECT_EQ(hook.secret_file, "/etc/certmgr/hook.secret");
  EXPECT_EQ(hook.ca_bundle, "/etc/hooks-ca.pem");
  EXPECT_THAT(std::get<CommandChannel>(all[2].way).command,
              ElementsAre("/usr/local/bin/page", "--urgent", "a b; c"));
}

struct Refusal {
  const char* name;
  std::string text;
  const char* why;
  const char* hint;
};

class NotifyRefusals : public ::testing::TestWithParam<Refusal> {};

TEST_P(NotifyRefusals, NameThePlaceTheReasonAndTheCure) {
  const auto config = parse(GetParam().text, "test.toml");
  ASSERT_FALSE(config.has_value());
  const Trouble& trouble = config.error();
  EXPECT_EQ(trouble.kind, TroubleKind::configuration);
  EXPECT_THAT(trouble.message(), HasSubstr(GetParam().why));
  EXPECT_THAT(trouble.hint, HasSubstr(GetParam().hint));
}

std::string mail(const std::string& more) {
  return "[notify.m]\ntype = \"smtp\"\nhost = \"mail.example.com\"\nfrom = \"a@b.c\"\n" + more;
}
std::string hook(const std::string& more) { return "[notify.h]\ntype = \"webhook\"\n" + more; }
const std::string kTo = "to = [\"d@e.f\"]\n";

INSTANTIATE_TEST_SUITE_P(
    All, NotifyRefusals,
    ::testing::Values(
        Refusal{"NoTable", "[notify]\nmail = 1", "'mail' in [notify] is not a table", "[notify.NAME]"},
        Refusal{"BadName", "[notify.\"a b\"]\ntype = \"smtp\"", "a b", ""},
        Refusal{"NoType", "[notify.m]\n", "'type' in [notify.m] is missing", "smtp, webhook, command"},
        Refusal{"NearType", "[notify.m]\ntype = \"webhok\"", "is 'webhok'", "did you mean 'webhook'?"},
        Refusal{"NearKind", hook("on = [\"revokd\"]\nurl = \"https://a.b\""), "names 'revokd'",
                "did you mean 'revoked'?"},
        Refusal{"NoKinds", hook("on = []\nurl = \"https://a.b\""), "is an empty list", "leave it out"},
        Refusal{"NearKey", mail(kTo + "prot = 25"), "'prot' is not known in [notify.m]",
                "did you mean 'port'?"},
        Refusal{"KeyOfAnotherType", hook("url = \"https://a.b\"\nto = []"), "'to' is not known", ""},
        Refusal{"NobodyToTell", mail(""), "'to' in [notify.m] names nobody", "ops@example.com"},
        Refusal{"DisplayName", mail("to = [\"Ops <o@e.f>\"]"), "not a mail address", "bare address"},
        Refusal{"InjectedHeader", mail("to = [\"o@e.f\\r\\nBcc: x@y.z\"]"), "not a mail address", ""},
        Refusal{"InjectedHost", "[notify.m]\ntype = \"smtp\"\nhost = \"mx/x?\"\n", "'host'",
                "mail.example.com"},
        Refusal{"NearTls", mail(kTo + "tls = \"startls\""), "is 'startls'", "did you mean 'starttls'?"},
        Refusal{"HalfALogin", mail(kTo + "user = \"u\""), "'user' in [notify.m] stands alone",
                "password_file"},
        Refusal{"PasswordInTheClear", mail(kTo + "tls = \"none\"\nuser = \"u\"\npassword_file = \"/p\""),
                "readable over the network", "starttls"},
        Refusal{"RelativeFile", mail(kTo + "user = \"u\"\npassword_file = \"p\""), "not an absolute path",
                ""},
        Refusal{"NoUrl", hook(""), "'url' in [notify.h]", "https://HOST/PATH"},
        Refusal{"PlainHttp", hook("url = \"http://example.com/x\""), "unencrypted", "127.0.0.1"},
        Refusal{"TwoUrls", hook("url = \"https://a.b\"\nurl_file = \"/u\""), "beside 'url'", "choose"},
        Refusal{"NoProgram", "[notify.c]\ntype = \"command\"\n", "absolute path of a program", "command = ["},
        Refusal{"AShellLine", "[notify.c]\ntype = \"command\"\ncommand = \"page now\"", "is not a list", ""},
        Refusal{"RelativeProgram", "[notify.c]\ntype = \"command\"\ncommand = [\"page\"]", "absolute path",
                ""},
        Refusal{"TooLong", hook("url = \"https://a.b\"\ntimeout = 301"), "from 1 to 300", ""}),
    [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace certmgr::config
