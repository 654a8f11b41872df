// SPDX-License-Identifier: MIT
// Look-ups against real name servers.
#include "integration/dns/servers.h"

namespace certmgr::dns::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

DnsResolver resolver() { return DnsResolver(servers().settings()); }
Rfc2136 updater() { return {"lab", servers().update_settings(), std::chrono::seconds(10)}; }

/// The answers, checked for being there at all.
TxtAnswers everywhere(const std::string& name) {
  const auto answers = resolver().txt_everywhere(name);
  if (!answers) throw Failure(answers.error());
  return *answers;
}

TEST(DnsResolver, TellsWhichServerLags) {
  auto provider = updater();
  const auto proof = record("lag.example.test");
  ASSERT_TRUE(provider.present({&proof, 1}));

  const auto early = judge_propagation(everywhere(proof.target), {proof.value});
  EXPECT_EQ(early.spread, Spread::not_yet);
  EXPECT_THAT(early.lagging, ElementsAre(HasSubstr("ns2.example.test (127.0.0.2:")));
  EXPECT_THAT(early.summary(), HasSubstr("has no TXT record there"));

  servers().knot().refresh("example.test");
  const auto late = judge_propagation(everywhere(proof.target), {proof.value});
  EXPECT_EQ(late.spread, Spread::everywhere) << late.summary();
  EXPECT_EQ(late.summary(), "");
}

TEST(DnsResolver, NamesZoneAndServers) {
  const auto answers = everywhere("nothing.here.example.test");
  EXPECT_EQ(answers.zone, "example.test");
  ASSERT_THAT(answers.servers, SizeIs(2));
  for (const auto& server : answers.servers) {
    EXPECT_TRUE(server.answered) << server.said;
    EXPECT_THAT(server.values, IsEmpty());
  }
}

TEST(DnsResolver, PutsTheStringsOfAValueTogether) {
  for (const auto& server : everywhere("split.example.test").servers)
    EXPECT_THAT(server.values, ElementsAre("first second"));
}

TEST(DnsResolver, AsksOverTcpWhatDoesNotFitIntoADatagram) {
  for (const auto& server : everywhere("big.example.test").servers)
    EXPECT_THAT(server.values, SizeIs(11)) << server.said;
}

TEST(DnsResolver, AServerThatIsDownDoesNotHideTheOthers) {
  const auto answers = everywhere("x.silent.test");
  ASSERT_THAT(answers.servers, SizeIs(2));
  EXPECT_TRUE(answers.servers[0].answered);
  EXPECT_FALSE(answers.servers[1].answered);
  EXPECT_THAT(answers.servers[1].said, HasSubstr("refused"));
  const auto judged = judge_propagation(answers, {});
  EXPECT_EQ(judged.spread, Spread::where_answered);
  EXPECT_THAT(judged.silent, ElementsAre(HasSubstr("ns2.silent.test (127.0.0.9:")));
}

TEST(DnsResolver, AServerThatDoesNotServeTheZoneHasNotAnswered) {
  const auto answers = everywhere("x.lame.test");
  ASSERT_THAT(answers.servers, SizeIs(2));
  EXPECT_FALSE(answers.servers[1].answered);
  EXPECT_EQ(answers.servers[1].said, "REFUSED");
}

TEST(DnsResolver, ConfiguredResolversAreAskedInThePlaceOfAllOthers) {
  auto settings = servers().settings();
  settings.resolvers = {servers().secondary()};
  settings.system = {{"127.0.0.9", servers().port()}};  // would be silent
  const auto answers = DnsResolver(settings).txt_everywhere("split.example.test");
  ASSERT_TRUE(answers) << answers.error().message();
  EXPECT_EQ(answers->zone, "");
  ASSERT_THAT(answers->servers, SizeIs(1));
  EXPECT_EQ(answers->servers[0].address, servers().secondary().text());
  EXPECT_THAT(answers->servers[0].values, ElementsAre("first second"));
}

TEST(DnsResolver, FollowsAliasesAcrossZones) {
  EXPECT_THAT(resolver().cname_chain("_acme-challenge.example.test")->names, SizeIs(1));
  EXPECT_EQ(resolver().cname_chain("_acme-challenge.away.example.test")->target(), "away.auth.test");
  EXPECT_THAT(resolver().cname_chain("_acme-challenge.far.example.test")->names,
              ElementsAre("_acme-challenge.far.example.test", "hop.example.test", "away.auth.test"));
}

TEST(DnsResolver, AliasesThatLeadNowhereAreATrouble) {
  for (const auto& [name, why] : std::vector<std::pair<std::string, std::string>>{
           {"round1.example.test", "leads back to round1.example.test"},
           {"link0.example.test", "more than 8"},
           {"_acme-challenge.odd.example.test", "characters that are not followed"}}) {
    const auto chain = resolver().cname_chain(name);
    ASSERT_FALSE(chain) << name;
    EXPECT_EQ(chain.error().code, "dns_loop");
    EXPECT_THAT(chain.error().why, HasSubstr(why));
    EXPECT_THAT(chain.error().detail, HasSubstr(name));
  }
}

TEST(DnsResolver, ClimbsToTheCaaRecordsThatCount) {
  const CaaRecord letsencrypt{0, "issue", "letsencrypt.org"};
  const CaaRecord other{128, "issue", "other.test; validationmethods=dns-01"};
  for (const char* name : {"example.test", "deep.below.www.example.test", "*.example.test"}) {
    const auto found = resolver().caa(name);
    ASSERT_TRUE(found) << found.error().message();
    EXPECT_EQ(found->found_at, "example.test") << name;
    EXPECT_THAT(found->records, UnorderedElementsAre(letsencrypt, other));
  }
}

TEST(DnsResolver, FindsAddresses) {
  const auto found = resolver().addresses("www.example.test");
  ASSERT_TRUE(found);
  EXPECT_THAT(found->v4, ElementsAre("192.0.2.1"));
  EXPECT_THAT(found->v6, ElementsAre("2001:db8::1"));
  EXPECT_THAT(resolver().addresses("nobody.example.test")->v4, IsEmpty());
}

TEST(DnsResolver, SaysWhichResolverDidNotAnswer) {
  const DnsServer nobody{"127.0.0.9", servers().port()};
  const auto found = DnsResolver({.system = {nobody}}).addresses("www.example.test");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, "dns_no_answer");
  EXPECT_EQ(found.error().kind, TroubleKind::transient);
  EXPECT_THAT(found.error().why, HasSubstr(nobody.text()));
  // BIND refuses what it does not serve: that is an answer.
  EXPECT_EQ(resolver().addresses("example.org").error().code, "dns_failed");
}

TEST(DnsResolver, TheNextResolverIsAskedWhenOneIsSilent) {
  const DnsServer nobody{"127.0.0.9", servers().port()};
  EXPECT_TRUE(DnsResolver({.system = {nobody, servers().primary()}}).addresses("www.example.test"));
}

}  // namespace
}  // namespace certmgr::dns::testing
