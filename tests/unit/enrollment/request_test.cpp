// SPDX-License-Identifier: MIT
#include "certmgr/domain/enrollment/request.h"

#include <gmock/gmock.h>

#include <functional>
#include <set>

#include "enrollment_builder.h"

namespace certmgr::enrollment {
namespace {

using namespace testing;
using ::testing::HasSubstr;

TEST(Request, NamesTheOrganizationAsItIsNow) {
  const auto made = request();
  EXPECT_EQ(made.level, OrganizationLevel::ov);
  EXPECT_EQ(made.organization_id, 7);
  EXPECT_EQ(made.organization_version, 3);
  EXPECT_EQ(made.subject, subject_of(organization().record, OrganizationLevel::ov));
  EXPECT_EQ(made.revision, 1);
}

TEST(Request, RefusesWhatNoCaCouldIssue) {
  const struct {
    const char* name;
    std::function<void(CertificateSpec&, Organization&)> make;
    const char* code;
  } table[] = {
      {"no organization", [](auto& spec, auto&) { spec.level = "dv"; }, "bad_level"},
      {"no names", [](auto& spec, auto&) { spec.identifiers.clear(); }, "bad_identifier"},
      {"a wildcard at EV",
       [](auto& spec, auto&) {
         spec.identifiers.push_back({IdentifierType::dns, "*.pbx.example"});
       },
       "bad_identifier"},
      {"a record without a number", [](auto&, auto& org) { org.record.registration_number.clear(); },
       "bad_organization"},
      {"a number no certificate can hold", [](auto&, auto& org) { org.record.registration_number = "№ 1"; },
       "bad_organization"},
  };
  for (const auto& each : table) {
    auto spec = request().spec;
    spec.level = "ev";
    auto org = organization();
    ASSERT_TRUE(make_request(spec, org, day_of(kNow)));
    each.make(spec, org);
    const auto refused = make_request(spec, org, day_of(kNow));
    ASSERT_FALSE(refused) << each.name;
    EXPECT_EQ(refused.error().code, each.code) << each.name;
  }
  auto wildcard = request().spec;
  wildcard.identifiers.push_back({IdentifierType::dns, "*.pbx.example"});
  EXPECT_TRUE(make_request(wildcard, organization(), day_of(kNow))) << "OV may have one";
}

TEST(Request, IsWrittenInOneWay) {
  auto made = request();
  made.spec.identifiers = {{IdentifierType::ip, "192.0.2.1"},
                           {IdentifierType::dns, "b.example"},
                           {IdentifierType::dns, "a.example"}};
  made.spec.not_after = Duration(90 * 24h);
  EXPECT_EQ(canonical(made),
            "certmgr enrollment 1\n"
            "revision 1:1\n"
            "label 11:pbx.example\n"
            "dns 9:a.example\n"
            "dns 9:b.example\n"
            "ip 9:192.0.2.1\n"
            "ca 7:sectigo\n"
            "profile 0:\n"
            "profile_required 1:1\n"
            "preferred_chain 0:\n"
            "key_type 10:ecdsa-p256\n"
            "reuse_key 1:0\n"
            "csr 0:\n"
            "not_before 0:\n"
            "not_after 16:after 7776000000\n"
            "level 2:ov\n"
            "organization 1:7\n"
            "2.5.4.6 2:DE\n"
            "2.5.4.8 6:Berlin\n"
            "2.5.4.7 6:Berlin\n"
            "2.5.4.10 19:Acme Telefonie GmbH\n"
            "organization_version 1:3\n");
}

struct Change {
  const char* name;
  std::function<void(Request&)> make;
  bool in_canonical;
  bool in_scope;
};

TEST(Request, EveryChangeOfWhatIsApprovedShows) {
  const Change table[] = {
      {"label", [](Request& r) { r.spec.label = "other"; }, true, true},
      {"a name more",
       [](Request& r) {
         r.spec.identifiers.push_back({IdentifierType::dns, "z.example"});
       },
       true, true},
      {"a name's type", [](Request& r) { r.spec.identifiers[0].type = IdentifierType::ip; }, true, true},
      {"CA", [](Request& r) { r.spec.ca = "other"; }, true, true},
      {"level", [](Request& r) { r.level = OrganizationLevel::ev; }, true, true},
      {"profile", [](Request& r) { r.spec.profile.name = "long"; }, true, true},
      {"profile not required", [](Request& r) { r.spec.profile.required = false; }, true, true},
      {"chain", [](Request& r) { r.spec.preferred_chain = "Root X"; }, true, true},
      {"key type", [](Request& r) { r.spec.key_type = KeyType::rsa_2048; }, true, true},
      {"reuse of keys", [](Request& r) { r.spec.reuse_key = true; }, true, true},
      {"foreign key", [](Request& r) { r.spec.csr = {0x30}; }, true, true},
      {"begin", [](Request& r) { r.spec.not_before = kNow; }, true, true},
      {"end", [](Request& r) { r.spec.not_after = kNow; }, true, true},
      {"an end of the same number", [](Request& r) { r.spec.not_after = kNow.time_since_epoch(); }, true,
       true},
      {"organization", [](Request& r) { r.organization_id = 8; }, true, true},
      {"subject", [](Request& r) { r.subject.back().value = "Acme AG"; }, true, true},
      {"version of the record", [](Request& r) { r.organization_version = 4; }, true, false},
      {"revision", [](Request& r) { r.revision = 2; }, true, false},
      {"how control is proven", [](Request& r) { r.spec.challenge.type = ChallengeType::dns_01; }, false,
       false},
      {"fallbacks", [](Request& r) { r.spec.fallback_cas = {{"other"}}; }, false, false},
  };
  std::set<std::string> seen{canonical(request())};
  std::set<std::string> scopes{renewal_scope(request())};
  for (const auto& each : table) {
    auto changed = request();
    each.make(changed);
    EXPECT_EQ(seen.insert(canonical(changed)).second, each.in_canonical) << each.name;
    EXPECT_EQ(scopes.insert(renewal_scope(changed)).second, each.in_scope) << each.name;
  }
}

TEST(Request, NoValueCanLookLikeAnotherField) {
  auto one = request();
  one.spec.label = "x";
  one.spec.ca = "a\nprofile 0:";
  auto other = one;
  other.spec.ca = "a";
  EXPECT_NE(canonical(one), canonical(other));
  EXPECT_THAT(canonical(one), HasSubstr("ca 12:a\nprofile 0:"));
}

TEST(Request, TheOrderOfTheNamesDoesNotMatter) {
  auto one = request();
  one.spec.identifiers = {{IdentifierType::dns, "a.example"}, {IdentifierType::dns, "b.example"}};
  auto other = one;
  std::swap(other.spec.identifiers[0], other.spec.identifiers[1]);
  EXPECT_EQ(canonical(one), canonical(other));
}

TEST(Request, IsOrderedFromTheApprovedCaAlone) {
  auto made = request();
  made.spec.fallback_cas = {{"letsencrypt"}};
  EXPECT_EQ(ordered_spec(made).fallback_cas, std::vector<std::string>{});
  made.spec.fallback_cas.reset();
  EXPECT_EQ(ordered_spec(made).fallback_cas, std::vector<std::string>{}) << "not as the configuration says";
}

}  // namespace
}  // namespace certmgr::enrollment
