// SPDX-License-Identifier: MIT
// acme-dns over HTTP, and the delegation it needs.
#include "integration/dns_providers/bench.h"
#include "lab/ports.h"

namespace certmgr::dns_providers::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class AcmeDnsTest : public Bench {
 protected:
  AcmeDnsTest() { use(server_.url(), accounts("s3cret")); }

  std::string accounts(const std::string& password) {
    const auto account = [&](const std::string& domain) {
      return "\"" + domain + R"(": {"username": "user", "password": ")" + password +
             R"(", "fulldomain": "Account.auth.test.", "subdomain": "account", "allowfrom": ["127.0.0.0/8"]})";
    };
    return write("accounts.json",
                 "{" + account("contract.example.test") + "," + account("plain.example.test") + "," +
                     account("astray.example.test") + R"(,"half.example.test": {"username": "user"}})",
                 0600);
  }
  void use(const std::string& url, const std::string& file) {
    settings_.way = AcmeDnsSettings{url, file, ""};
  }

  lab::AcmeDnsServer server_{"user", "s3cret", "account", [](const auto&) {}};
};

TEST_F(AcmeDnsTest, SendsTheValueWithTheAccount) {
  const auto one = record("contract.example.test");
  const auto done = present({one});
  ASSERT_TRUE(done) << done.error().message();
  const auto updates = server_.updates();
  ASSERT_THAT(updates, SizeIs(1));
  EXPECT_EQ(updates[0].user, "user");
  EXPECT_EQ(updates[0].key, "s3cret");
  EXPECT_EQ(updates[0].subdomain, "account");
  EXPECT_EQ(updates[0].txt, one.value);
  ASSERT_TRUE(withdraw({one}));
  EXPECT_THAT(server_.updates(), SizeIs(1));
}

TEST_F(AcmeDnsTest, SaysWhichRecordToMake) {
  const Trouble none = trouble_of(present({record("plain.example.test")}));
  EXPECT_EQ(none.code, "acme_dns_cname");
  EXPECT_EQ(none.kind, TroubleKind::configuration);
  EXPECT_THAT(none.why, HasSubstr("is not delegated"));
  EXPECT_THAT(none.hint, HasSubstr("_acme-challenge.plain.example.test. CNAME account.auth.test."));
  const Trouble astray = trouble_of(present({record("astray.example.test")}));
  EXPECT_THAT(astray.why, HasSubstr("leads to other.auth.test"));
  EXPECT_THAT(server_.updates(), IsEmpty()) << "nothing is published where no CA would look";
}

TEST_F(AcmeDnsTest, SaysWhatIsWrongWithTheCredentials) {
  EXPECT_EQ(trouble_of(present({record("unknown.example.test")})).code, "acme_dns_unregistered");
  EXPECT_THAT(trouble_of(present({record("unknown.example.test")})).hint, HasSubstr("/register"));
  EXPECT_THAT(trouble_of(present({record("half.example.test")})).why, HasSubstr("incomplete"));
  use(server_.url(), accounts("other"));
  const Trouble refused = trouble_of(present({record("contract.example.test")}));
  EXPECT_EQ(refused.code, "acme_dns_refused");
  EXPECT_EQ(refused.kind, TroubleKind::configuration);
  EXPECT_THAT(refused.why, HasSubstr("401: forbidden"));
  use(server_.url(), write("bad.json", "[", 0600));
  EXPECT_THAT(trouble_of(present({record("contract.example.test")})).why, HasSubstr("no JSON object"));
  use(server_.url(), write("open.json", "{}", 0644));
  EXPECT_EQ(trouble_of(present({record("contract.example.test")})).code, "secret_file");
}

TEST_F(AcmeDnsTest, TellsWhatPassesFromWhatDoesNot) {
  struct Case {
    int status;
    const char* body;
    TroubleKind kind;
  };
  for (const Case& c :
       {Case{500, "", TroubleKind::transient}, Case{429, "slow", TroubleKind::transient},
        Case{400, R"({"error": "bad_txt"})", TroubleKind::configuration},
        Case{302, "", TroubleKind::configuration}, Case{200, "<html>", TroubleKind::configuration},
        Case{200, R"({"txt": "another"})", TroubleKind::configuration}}) {
    server_.answer(c.status, c.body);
    EXPECT_EQ(trouble_of(present({record("contract.example.test")})).kind, c.kind) << c.status;
  }
  use("http://127.0.0.1:" + std::to_string(lab::free_port()), accounts("s3cret"));
  const Trouble silent = trouble_of(present({record("contract.example.test")}));
  EXPECT_EQ(silent.code, "acme_dns_unreachable");
  EXPECT_EQ(silent.kind, TroubleKind::transient);
}

TEST_F(AcmeDnsTest, NoTroubleShowsThePassword) {
  server_.answer(401, R"({"error": "forbidden"})");
  const Trouble trouble = trouble_of(present({record("contract.example.test")}));
  EXPECT_THAT(trouble.message() + trouble.hint + trouble.detail, Not(HasSubstr("s3cret")));
}

TEST_F(AcmeDnsTest, KeepsNoMoreThanTwoValues) {
  const Trouble trouble =
      trouble_of(present({record("contract.example.test", 'a'), record("contract.example.test", 'b'),
                          record("contract.example.test", 'c')}));
  EXPECT_EQ(trouble.code, "acme_dns_values");
  EXPECT_THAT(server_.updates(), IsEmpty());
}

}  // namespace
}  // namespace certmgr::dns_providers::testing
