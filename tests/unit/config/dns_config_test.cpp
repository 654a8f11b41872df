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

Config read(const std::string& text) {
  auto config = parse(text, "test.toml");
  if (!config) throw Failure(config.error());
  return *config;
}

TEST(DnsConfig, ThereAreNoProvidersByDefault) {
  EXPECT_THAT(read("").dns, IsEmpty());
  EXPECT_THAT(read("[dns]").dns, IsEmpty());
  EXPECT_EQ(read("").dns01.provider, "");
  EXPECT_THAT(read("[challenge.dns-01]").dns01.resolvers, IsEmpty());
}

TEST(DnsConfig, ReadsTheChallenge) {
  const auto config = read(R"(
[challenge.dns-01]
provider = "bind"
resolvers = ["127.0.0.1:5353", "2001:db8::1", "[2001:db8::2]:54"]
propagation_timeout = 120
[dns.bind]
type = "rfc2136"
server = "ns1.example.com"
key_file = "/etc/bind/certmgr.key"
)");
  EXPECT_EQ(config.dns01.provider, "bind");
  EXPECT_EQ(config.dns01.propagation_timeout, std::chrono::seconds(120));
  EXPECT_THAT(config.dns01.resolvers, ElementsAre(DnsServer{"127.0.0.1", 5353}, DnsServer{"2001:db8::1", 53},
                                                  DnsServer{"2001:db8::2", 54}));
}

TEST(DnsConfig, ReadsAnUpdateKeyInEitherForm) {
  const auto all = read(R"(
[dns.a]
type = "rfc2136"
server = "192.0.2.53:5353"
zone = "Example.com."
ttl = 30
timeout = 5
key_file = "/etc/bind/certmgr.key"
[dns.b]
type = "rfc2136"
server = "::1"
key_name = "Certmgr."
secret_file = "/etc/certmgr/dns.secret"
algorithm = "hmac-sha512"
)")
                       .dns;
  ASSERT_EQ(all.size(), 2U);
  const auto& a = std::get<Rfc2136Settings>(all[0].way);
  EXPECT_EQ(all[0].timeout, std::chrono::seconds(5));
  EXPECT_EQ(a.server.host, "192.0.2.53");
  EXPECT_EQ(a.server.port, 5353);
  EXPECT_EQ(a.zone, "example.com");
  EXPECT_EQ(a.ttl, std::chrono::seconds(30));
  EXPECT_EQ(a.key_file, "/etc/bind/certmgr.key");
  const auto& b = std::get<Rfc2136Settings>(all[1].way);
  EXPECT_EQ(b.key_name, "certmgr");
  EXPECT_EQ(b.algorithm, "hmac-sha512");
  EXPECT_EQ(b.secret_file, "/etc/certmgr/dns.secret");
}

TEST(DnsConfig, ReadsEveryHook) {
  const auto all = read(R"(
[dns.acmesh]
type = "acme.sh"
home = "/root/.acme.sh/"
script = "dns_cf"
environment_file = "/etc/certmgr/cf.env"
[dns.certbot]
type = "certbot"
auth_hook = ["/etc/le/auth.sh", "--zone", "a b"]
cleanup_hook = ["/etc/le/cleanup.sh"]
[dns.dehydrated]
type = "dehydrated"
program = "/etc/dehydrated/hook.sh"
hook_chain = true
[dns.delegated]
type = "acme-dns"
url = "https://auth.example.com/"
credentials_file = "/etc/certmgr/acme-dns.json"
ca_bundle = "/etc/ca.pem"
[dns.exec]
type = "exec"
program = "/usr/local/bin/x"
mode = "RAW"
[dns.uacme]
type = "uacme"
program = "/usr/share/uacme/nsupdate.sh"
)")
                       .dns;
  ASSERT_EQ(all.size(), 6U);
  EXPECT_EQ(std::get<AcmeShSettings>(all[0].way).home, "/root/.acme.sh");
  EXPECT_EQ(std::get<AcmeShSettings>(all[0].way).script, "dns_cf");
  EXPECT_EQ(all[0].environment_file, "/etc/certmgr/cf.env");
  EXPECT_THAT(std::get<CertbotSettings>(all[1].way).auth_hook,
              ElementsAre("/etc/le/auth.sh", "--zone", "a b"));
  EXPECT_THAT(std::get<CertbotSettings>(all[1].way).cleanup_hook, ElementsAre("/etc/le/cleanup.sh"));
  EXPECT_TRUE(std::get<DehydratedSettings>(all[2].way).chain);
  EXPECT_EQ(std::get<AcmeDnsSettings>(all[3].way).url, "https://auth.example.com");
  EXPECT_TRUE(std::get<ExecSettings>(all[4].way).raw);
  EXPECT_EQ(std::get<UacmeSettings>(all[5].way).program, "/usr/share/uacme/nsupdate.sh");
}

struct Refusal {
  const char* name;
  std::string text;
  const char* why;
  const char* hint;
};

class DnsRefusals : public ::testing::TestWithParam<Refusal> {};

TEST_P(DnsRefusals, NameThePlaceTheReasonAndTheCure) {
  const auto config = parse(GetParam().text, "test.toml");
  ASSERT_FALSE(config.has_value());
  const Trouble& trouble = config.error();
  EXPECT_EQ(trouble.kind, TroubleKind::configuration);
  EXPECT_THAT(trouble.message(), HasSubstr("test.toml:"));
  EXPECT_THAT(trouble.message(), HasSubstr(GetParam().why));
  EXPECT_THAT(trouble.hint, HasSubstr(GetParam().hint));
}

std::string provider(const std::string& type, const std::string& more) {
  return "[dns.p]\ntype = \"" + type + "\"\n" + more;
}
const std::string kServer = "server = \"192.0.2.53\"\n";

INSTANTIATE_TEST_SUITE_P(
    All, DnsRefusals,
    ::testing::Values(
        Refusal{"NoTable", "[dns]\np = 1", "'p' in [dns] is not a table", "[dns.NAME]"},
        Refusal{"BadName", "[dns.\"a b\"]\ntype = \"exec\"", "a b", ""},
        Refusal{"NoType", "[dns.p]\n", "'type' in [dns.p] is missing", "rfc2136, acme-dns"},
        Refusal{"NearType", provider("acmedns", ""), "is 'acmedns'", "did you mean 'acme-dns'?"},
        Refusal{"NearKey", provider("exec", "progam = \"/x\"\nprogram = \"/x\""),
                "'progam' is not known in [dns.p]", "did you mean 'program'?"},
        Refusal{"KeyOfAnotherType", provider("uacme", "program = \"/x\"\nhook_chain = true"),
                "'hook_chain' is not known", ""},
        Refusal{"NoServer", provider("rfc2136", "key_file = \"/k\""), "'server' in [dns.p]", "192.0.2.53"},
        Refusal{"NoKey", provider("rfc2136", kServer), "'key_file' in [dns.p] is missing",
                "key_name and secret_file"},
        Refusal{"HalfAKey", provider("rfc2136", kServer + "key_name = \"k\""),
                "'key_file' in [dns.p] is missing", ""},
        Refusal{"TwoKeys", provider("rfc2136", kServer + "key_file = \"/k\"\nsecret_file = \"/s\""),
                "cannot stand beside", "all three"},
        Refusal{"NearAlgorithm",
                provider("rfc2136",
                         kServer + "key_name = \"k\"\nsecret_file = \"/s\"\nalgorithm = \"hmac-sha265\""),
                "is 'hmac-sha265'", "did you mean 'hmac-sha256'?"},
        Refusal{"SecretInTheFile", provider("rfc2136", kServer + "key_name = \"k\"\nsecret = \"YWJj\""),
                "'key_file' in [dns.p] is missing", ""},
        Refusal{"BadZone", provider("rfc2136", kServer + "key_file = \"/k\"\nzone = \"a..b\""), "'zone'", ""},
        Refusal{"PlainHttp", provider("acme-dns", "url = \"http://auth.example.com\""), "unencrypted",
                "127.0.0.1"},
        Refusal{"NoCredentials", provider("acme-dns", "url = \"https://a.b\""),
                "'credentials_file' in [dns.p] is missing", "acme-dns.json"},
        Refusal{"RelativeProgram", provider("exec", "program = \"hook\""), "not an absolute path",
                "program ="},
        Refusal{"NearMode", provider("exec", "program = \"/x\"\nmode = \"RAWW\""), "is 'RAWW'",
                "did you mean 'RAW'?"},
        Refusal{"AShellLine", provider("certbot", "auth_hook = \"/x --y\""), "is not a list", ""},
        Refusal{"NoAuthHook", provider("certbot", "cleanup_hook = [\"/x\"]"), "'auth_hook'", "auth_hook = ["},
        Refusal{"AcmeShPath", provider("acme.sh", "home = \"/root/.acme.sh\"\nscript = \"../dns_cf\""),
                "'script'", "dns_cf"},
        Refusal{"AcmeShCommand", provider("acme.sh", "home = \"/root/.acme.sh\"\nscript = \"dns_cf;id\""),
                "'script'", ""},
        Refusal{"EnvironmentForNoProgram",
                provider("rfc2136", kServer + "key_file = \"/k\"\nenvironment_file = \"/e\""),
                "'environment_file' is not known", ""},
        Refusal{"TooLong", provider("exec", "program = \"/x\"\ntimeout = 3601"), "from 1 to 3600", ""},
        Refusal{"UnknownProvider",
                "[challenge.dns-01]\nprovider = \"bnd\"\n[dns.bind]\ntype = \"uacme\"\nprogram = \"/x\"",
                "there is no such [dns.NAME]", "did you mean 'bind'?"},
        Refusal{"NoProviders", "[challenge.dns-01]\nprovider = \"bind\"", "there is no such [dns.NAME]",
                "add [dns.bind]"},
        Refusal{"ResolverByName", "[challenge.dns-01]\nresolvers = [\"dns.example.com\"]",
                "no numeric address", "192.0.2.53"},
        Refusal{"NearChallengeKey", "[challenge.dns-01]\nresolver = []", "'resolver' is not known",
                "did you mean 'resolvers'?"}),
    [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace certmgr::config
