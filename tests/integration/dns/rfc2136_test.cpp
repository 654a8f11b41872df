// SPDX-License-Identifier: MIT
// Dynamic updates of real servers. What all providers have in common is in
// tests/integration/dns_providers.
#include <filesystem>

#include "adapters/dns/tsig_key.h"
#include "integration/dns/servers.h"
#include "lab/temp_dir.h"

namespace certmgr::dns::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

std::vector<std::string> at_primary(const std::string& name) {
  auto settings = servers().settings();
  settings.resolvers = {servers().primary()};
  const auto answers = DnsResolver(settings).txt_everywhere(name);
  if (!answers) throw Failure(answers.error());
  return answers->servers.at(0).values;
}

class Rfc2136Test : public ::testing::Test {
 protected:
  Rfc2136Settings settings_ = servers().update_settings();
  lab::TempDir dir_;

  Rfc2136 provider() { return {"lab", settings_, std::chrono::seconds(10)}; }
  std::string file(const std::string& name, const std::string& content, unsigned mode = 0600) const {
    lab::write_file(dir_ / name, content);
    std::filesystem::permissions(dir_ / name, std::filesystem::perms(mode));
    return (dir_ / name).string();
  }
  Trouble refusal(const TxtRecord& proof) {
    const auto done = provider().present({&proof, 1});
    if (done) {
      ADD_FAILURE() << "was taken";
      return {};
    }
    EXPECT_FALSE(done.error().hint.empty());
    EXPECT_THAT(done.error().what + done.error().why, HasSubstr(proof.target));
    return done.error();
  }
};

TEST_F(Rfc2136Test, UpdatesSeveralZonesAtOnce) {
  auto away = record("away.example.test");
  away = delegated(away, {{away.name, "away.auth.test"}});
  const std::vector<TxtRecord> proofs = {record("several.example.test", 'b'), away,
                                         record("several.example.test", 'c')};
  ASSERT_TRUE(provider().present(proofs));
  EXPECT_THAT(at_primary("_acme-challenge.several.example.test"),
              UnorderedElementsAre(proofs[0].value, proofs[2].value));
  EXPECT_THAT(at_primary("away.auth.test"), UnorderedElementsAre(away.value));
  ASSERT_TRUE(provider().withdraw(proofs, ChallengeOutcome::accepted));
  EXPECT_THAT(at_primary("away.auth.test"), IsEmpty());
}

TEST_F(Rfc2136Test, RemovesItsOwnValueAndNoOther) {
  const auto mine = record("shared.example.test", 'm');
  const auto other = record("shared.example.test", 'o');
  ASSERT_TRUE(provider().present({&other, 1}));
  ASSERT_TRUE(provider().withdraw({&mine, 1}, ChallengeOutcome::failed));
  EXPECT_THAT(at_primary(mine.target), UnorderedElementsAre(other.value));
}

TEST_F(Rfc2136Test, TakesTheKeyInPartsAndTheServerByName) {
  settings_.key_file.clear();
  settings_.key_name = "lab-key";
  settings_.algorithm = "hmac-sha256";
  settings_.secret_file = file("secret", lab::LabKey().secret + "\n");
  settings_.server.host = "localhost";
  settings_.zone = "example.test";
  const auto proof = record("parts.example.test");
  const auto done = provider().present({&proof, 1});
  ASSERT_TRUE(done) << done.error().message();
  EXPECT_THAT(at_primary(proof.target), UnorderedElementsAre(proof.value));
}

TEST_F(Rfc2136Test, SpeaksHmacSha512ToKnot) {
  lab::KnotOptions options;
  options.key.algorithm = "hmac-sha512";
  options.zones = {{{"knot.test", "@ NS ns1\nns1 A 127.0.0.2\n"}, "", true}};
  const lab::Knot knot(options);
  settings_.server = {"127.0.0.2", static_cast<std::uint16_t>(knot.port())};
  settings_.key_file = file("key", options.key.file());
  const auto proof = record("knot.test");
  const auto done = provider().present({&proof, 1});
  ASSERT_TRUE(done) << done.error().message();
  EXPECT_TRUE(provider().withdraw({&proof, 1}, ChallengeOutcome::accepted));
}

TEST_F(Rfc2136Test, SaysWhatIsWrongWithTheKey) {
  lab::LabKey key;
  key.secret = "d3JvbmctLXdyb25nLS13cm9uZy0td3JvbmctLXdyb25n";
  settings_.key_file = file("wrong", key.file());
  const auto proof = record("key.example.test");
  const Trouble wrong = refusal(proof);
  EXPECT_EQ(wrong.code, "dns_update_refused");
  EXPECT_EQ(wrong.kind, TroubleKind::configuration);
  EXPECT_THAT(wrong.why, HasSubstr("BADSIG"));

  key.name = "nobody";
  settings_.key_file = file("unknown", key.file());
  EXPECT_THAT(refusal(proof).why, HasSubstr("nobody (BADKEY)"));

  settings_.key_file = file("open", lab::LabKey().file(), 0644);
  EXPECT_EQ(refusal(proof).code, "secret_file");
  EXPECT_THAT(at_primary(proof.target), IsEmpty());
}

TEST_F(Rfc2136Test, SaysWhatTheServerWillNotDo) {
  EXPECT_EQ(refusal(record("example.org")).code, "dns_no_zone");
  settings_.zone = "auth.test";
  EXPECT_THAT(refusal(record("www.example.test")).why, HasSubstr("not in the zone auth.test"));
  settings_.zone = "lame.test";
  settings_.server = {"127.0.0.2", servers().port()};
  EXPECT_THAT(refusal(record("lame.test")).why, HasSubstr("does not take updates for the zone"));
  settings_.server = {"127.0.0.9", servers().port()};
  const Trouble silent = refusal(record("lame.test"));
  EXPECT_EQ(silent.code, "dns_server_unreachable");
  EXPECT_EQ(silent.kind, TroubleKind::transient);
}

TEST_F(Rfc2136Test, TheSecretIsInNoTrouble) {
  lab::LabKey key;
  key.secret = "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0";
  settings_.key_file = file("wrong", key.file());
  const Trouble trouble = refusal(record("secret.example.test"));
  EXPECT_EQ((trouble.message() + trouble.hint + trouble.detail).find(key.secret), std::string::npos);
}

TEST(TsigKeyFile, ReadsWhatBindReads) {
  const std::string secret = lab::LabKey().secret;
  for (const std::string& text :
       {lab::LabKey().file(), "key lab-key { algorithm hmac-sha256; secret " + secret + "; };",
        "// by hand\n# twice\n/* thrice */ key \"Lab-Key.\" {\n secret \"" + secret +
            "\"; // here\n algorithm hmac-sha256;\n}"}) {
    const auto key = parse_key_file(text, "file", "cannot update");
    ASSERT_TRUE(key) << text << key.error().message();
    EXPECT_EQ(key->name, "lab-key");
    EXPECT_EQ(key->algorithm, "hmac-sha256");
    EXPECT_EQ(key->secret.text(), secret);
  }
}

TEST(TsigKeyFile, RefusesTheRest) {
  const std::string good = lab::LabKey().file();
  for (const std::string& text :
       {std::string(), std::string("key"), std::string("key x"), std::string("key x {"), good + good,
        std::string("key x { algorithm hmac-md5; secret \"YWJj\"; };"),
        std::string("key x { algorithm hmac-sha256; secret \"not base64\"; };"),
        std::string("key x { algorithm hmac-sha256; };"), std::string("key x { include \"/etc/shadow\"; };"),
        std::string("key x { algorithm hmac-sha256 secret \"YWJj\"; };"), "options { }; " + good,
        std::string("key \"a b\" { algorithm hmac-sha256; secret \"YWJj\"; };"),
        std::string("key \"x { algorithm hmac-sha256; secret YWJj; };"), std::string("/* key x {")}) {
    const auto key = parse_key_file(text, "file", "cannot update");
    ASSERT_FALSE(key) << text;
    EXPECT_EQ(key.error().code, "bad_tsig_key");
    EXPECT_EQ(key.error().kind, TroubleKind::configuration);
  }
}

}  // namespace
}  // namespace certmgr::dns::testing
