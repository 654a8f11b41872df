// SPDX-License-Identifier: MIT
#include "certmgr/domain/order_wish.h"

#include <gtest/gtest.h>

#include "certmgr/domain/retry.h"
#include "order_builder.h"

namespace certmgr::test {
namespace {

class OrderWish : public ::testing::Test {
 protected:
  OrderWish() { meta_.profiles = {{"classic", "90 days"}, {"shortlived", "six days"}}; }
  CertificateSpec spec_ = order_in(Approved{}).spec;
  CaMeta meta_;
  Result<NewOrder> wish() { return wish_of(spec_, meta_, kNow); }
  std::string refusal() { return wish().error().code; }
};

TEST_F(OrderWish, NamesNoProfileUnlessOneIsWanted) {
  ASSERT_TRUE(wish());
  EXPECT_EQ(wish()->profile, "");
  EXPECT_EQ(wish()->identifiers, spec_.identifiers);
  EXPECT_FALSE(wish()->not_before);
  EXPECT_FALSE(wish()->not_after);
}

TEST_F(OrderWish, ARequiredProfileThatIsNotOfferedIsNotOrdered) {
  spec_.profile = {"shortlived", true};
  EXPECT_EQ(wish()->profile, "shortlived");
  spec_.profile.name = "shortlife";
  const auto trouble = wish().error();
  EXPECT_EQ(trouble.code, "profile_not_offered");
  EXPECT_NE(trouble.why.find("classic, shortlived"), std::string::npos) << trouble.why;
  EXPECT_EQ(trouble.hint, "did you mean 'shortlived'?");
  EXPECT_TRUE(needs_a_person(trouble));
  meta_.profiles.clear();
  EXPECT_NE(wish().error().why.find("offers none"), std::string::npos);
}

TEST_F(OrderWish, APreferredProfileThatIsNotOfferedIsLeftOut) {
  spec_.profile = {"tlsserver", false};
  EXPECT_EQ(wish()->profile, "");
  spec_.profile.name = "classic";
  EXPECT_EQ(wish()->profile, "classic");
}

TEST_F(OrderWish, TheOrderMustConfirmARequiredProfile) {
  Order order = order_in(Ordering{"key1"});
  order.spec.profile = {"classic", true};
  OrderSeen silent = seen(CaStatus::pending);
  EXPECT_EQ(apply(order, silent, kNow).last_trouble->code, "profile_unconfirmed");
  OrderSeen confirmed = silent;
  confirmed.reply.value.profile = "classic";
  const Order placed = apply(order, confirmed, kNow);
  EXPECT_TRUE(is<Validating>(placed));
  EXPECT_EQ(placed.profile, "classic");
  order.spec.profile.required = false;
  EXPECT_TRUE(is<Validating>(apply(order, silent, kNow)));
  OrderSeen later = seen(CaStatus::ready);  // CAs may forget it in later answers
  EXPECT_EQ(apply(placed, later, kNow).profile, "classic");
}

TEST_F(OrderWish, AsksForAValidityFromTheOrderOn) {
  spec_.not_after = Duration(720h);
  EXPECT_EQ(wish()->not_after, kNow + 720h);
  spec_.not_before = Duration(2h);
  EXPECT_EQ(wish()->not_before, kNow + 2h);
  spec_.not_after = Duration(1h);
  EXPECT_EQ(refusal(), "validity_over") << "it would end before it begins";
}

TEST_F(OrderWish, AMomentThatHasPassedIsNoEndAndNoLongerABeginning) {
  spec_.not_before = kNow - 1h;
  spec_.not_after = kNow + 1h;
  EXPECT_FALSE(wish()->not_before);
  EXPECT_EQ(wish()->not_after, kNow + 1h);
  spec_.not_after = kNow;
  EXPECT_EQ(refusal(), "validity_over");
  EXPECT_TRUE(needs_a_person(wish().error()));
}

TEST_F(OrderWish, ARefusalOfTheValiditySaysSo) {
  NewOrder plain{.identifiers = spec_.identifiers};
  NewOrder dated = plain;
  dated.not_after = kNow + 1h;
  const Trouble malformed = trouble(TroubleKind::permanent, "acme_malformed");
  EXPECT_EQ(refused_wish(malformed, plain), malformed);
  EXPECT_EQ(refused_wish(malformed, dated).code, "validity_refused");
  EXPECT_NE(refused_wish(malformed, dated).hint.find("--not-after"), std::string::npos);
  EXPECT_EQ(refused_wish(trouble(TroubleKind::transient, "acme_malformed"), dated).code, "acme_malformed");
  EXPECT_EQ(refused_wish(trouble(TroubleKind::permanent, "acme_caa"), dated).code, "acme_caa");
  const auto profile = refused_wish(trouble(TroubleKind::permanent, "acme_invalidProfile"), plain);
  EXPECT_NE(profile.hint.find("--profile"), std::string::npos);
}

TEST(ValidityBound, IsReadAndWritten) {
  const struct {
    const char* text;
    ValidityBound bound;
    const char* written;
  } cases[] = {{"30d", Duration(720h), "30d"},
               {"36h", Duration(36h), "36h"},
               {"48h", Duration(48h), "2d"},
               {"90m", Duration(90min), "90m"},
               {"45s", Duration(45s), "45s"},
               {"2024-11-24T08:09:00Z", kNow, "2024-11-24T08:09:00Z"},
               {"2024-11-24T09:09:00+01:00", kNow, "2024-11-24T08:09:00Z"}};
  for (const auto& [text, bound, written] : cases) {
    const auto read = parse_validity_bound(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(*read, bound) << text;
    EXPECT_EQ(to_string(*read), written);
  }
  for (const char* text : {"", "d", "30", "-3d", "3 d", "1e3d", "30x", "99999999999999999999d", "4000d",
                           "2024-13-24T08:09:00Z", "tomorrow"})
    EXPECT_EQ(parse_validity_bound(text).error().code, "bad_validity") << text;
}

TEST(Spec, WhatIsAskedForBesidesTheNamesNeedsANewOrder) {
  const Order had = order_in(Approved{});
  CertificateSpec wanted = had.spec;
  EXPECT_FALSE(needs_new_order(had, wanted));
  wanted.profile.name = "classic";
  EXPECT_TRUE(needs_new_order(had, wanted));
  wanted = had.spec;
  wanted.preferred_chain = "Root";
  EXPECT_TRUE(needs_new_order(had, wanted));
  wanted = had.spec;
  wanted.not_after = Duration(1h);
  EXPECT_TRUE(needs_new_order(had, wanted));
  wanted = had.spec;
  wanted.csr = {1};
  EXPECT_TRUE(needs_new_order(had, wanted));
}

TEST(Spec, AtAFallbackCaNoProfileIsRequired) {
  Order had = order_in(Approved{});
  had.instead_of = had.spec.ca;
  had.spec.ca = "other";
  had.spec.profile = {"classic", false};
  CertificateSpec wanted = had.spec;
  wanted.ca = had.instead_of;
  wanted.profile.required = true;
  EXPECT_FALSE(needs_new_order(had, wanted));
  wanted.profile.name = "shortlived";
  EXPECT_TRUE(needs_new_order(had, wanted));
}

TEST_F(OrderWish, AnAncestorIsOfferedOnlyToACaThatAuthorizesSubdomains) {
  spec_.ancestor_domain = "example.com";
  EXPECT_EQ(wish()->ancestor_domain, "");
  meta_.subdomains_allowed = true;
  EXPECT_EQ(wish()->ancestor_domain, "example.com");
}

}  // namespace
}  // namespace certmgr::test
