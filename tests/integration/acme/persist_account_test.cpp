// SPDX-License-Identifier: MIT
// How a record of dns-persist-01 names an account: draft-ietf-acme-dns-persist-02 section 4.1 with its test
// vector (section 10.2), and what a challenge must not contradict (section 3.2).
#include "adapters/acme/persist_account.h"

#include <gmock/gmock.h>

namespace certmgr::acme {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const AccountFacts kAccount{"https://ca.example/acct/123", "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"};
const std::string kPrefix = "https://ca.example/account-hash/";
const std::string kOfName = kPrefix + "sha-256/5SQm7n6tPh2-PlLbCKGnViTXX5z19SCN4cPGQHSk-kw";
const std::string kOfAny = kPrefix + "sha-256/NpDnSwUthQK8zCgFdefYxAdAVPnygMLbs9US6oO-5ug";

CaAuthorization offering(std::vector<std::string> issuers, CaStatus status = CaStatus::pending) {
  CaAuthorization authorization;
  authorization.identifier = {IdentifierType::dns, "example.com"};
  authorization.challenges = {
      {"dns-01", "https://ca.example/chall/1", "t", CaStatus::pending, {}, {}, {}},
      {"dns-persist-01", "https://ca.example/chall/2", "", status, {}, std::move(issuers), {}}};
  return authorization;
}

CaMeta meta_with(std::vector<std::string> issuers, std::vector<std::string> caa) {
  CaMeta meta;
  meta.persist_issuers = std::move(issuers);
  meta.caa_identities = std::move(caa);
  meta.account_hash_prefix = kPrefix;
  return meta;
}

TEST(HashedAccount, IsThatOfTheDraft) {
  EXPECT_EQ(hashed_account_uri(kPrefix, "example.com", kAccount), kOfName);
  EXPECT_EQ(hashed_account_uri(kPrefix, "*", kAccount), kOfAny);
}

TEST(HashedAccount, IsAnotherForEveryKeyAccountAndName) {
  EXPECT_NE(hashed_account_uri(kPrefix, "example.org", kAccount), kOfName);
  EXPECT_NE(hashed_account_uri(kPrefix, "example.com", {kAccount.url, "another"}), kOfName);
  EXPECT_NE(hashed_account_uri(kPrefix, "example.com", {kAccount.url + "4", kAccount.thumbprint}), kOfName);
}

TEST(PersistDrafts, OldRecordsHoldTheUrlAndNewOnesAHash) {
  auto old = offering({"authority.example"});
  prepare_persist(old, kAccount, PersistDraft::draft_01, {});
  EXPECT_THAT(old.challenges[1].account_uris, ElementsAre(kAccount.url));
  EXPECT_THAT(old.challenges[0].account_uris, IsEmpty()) << "no matter of other challenges";
  auto hashed = offering({"authority.example"});
  prepare_persist(hashed, kAccount, PersistDraft::draft_02, meta_with({"authority.example"}, {}));
  EXPECT_THAT(hashed.challenges[1].account_uris, ElementsAre(kOfName, kOfAny));
}

TEST(PersistDrafts, WithoutAPrefixNoHashIsMadeUp) {
  auto seen = offering({"authority.example"});
  prepare_persist(seen, kAccount, PersistDraft::draft_02, {});
  ASSERT_THAT(seen.challenges, SizeIs(2));
  EXPECT_THAT(seen.challenges[1].account_uris, IsEmpty());
}

struct NamesCase {
  const char* name;
  std::vector<std::string> directory, caa, challenge;
  bool sound;
};

class IssuerNames : public ::testing::TestWithParam<NamesCase> {};

TEST_P(IssuerNames, MustNotContradictTheDirectory) {
  const auto& c = GetParam();
  auto seen = offering(c.challenge);
  prepare_persist(seen, kAccount, PersistDraft::draft_02, meta_with(c.directory, c.caa));
  EXPECT_THAT(seen.challenges, SizeIs(c.sound ? 2 : 1));
  auto ended = offering(c.challenge, CaStatus::invalid);
  prepare_persist(ended, kAccount, PersistDraft::draft_02, meta_with(c.directory, c.caa));
  EXPECT_THAT(ended.challenges, SizeIs(2)) << "it tells how it ended";
}

INSTANTIATE_TEST_SUITE_P(
    All, IssuerNames,
    ::testing::Values(NamesCase{"TheSame", {"a.example"}, {"a.example"}, {"a.example"}, true},
                      NamesCase{"OneMore", {"a.example"}, {}, {"a.example", "b.example"}, true},
                      NamesCase{"OneLess", {"a.example", "b.example"}, {}, {"a.example"}, false},
                      NamesCase{"NoneInTheDirectory", {}, {}, {"a.example"}, true},
                      NamesCase{"NoCaaIdentity", {}, {"b.example"}, {"a.example"}, false},
                      NamesCase{"CaaIdentityInAnotherForm", {}, {"A.Example."}, {"a.example"}, true},
                      NamesCase{"CaaIdentitiesThatAreNone", {}, {"no name"}, {"a.example"}, true},
                      NamesCase{
                          "OneCaaIdentityThatIsNone", {}, {"b.example", "no name"}, {"a.example"}, true},
                      NamesCase{"None", {}, {}, {}, false}),
    [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace certmgr::acme
