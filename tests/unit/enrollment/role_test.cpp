// SPDX-License-Identifier: MIT
#include "certmgr/domain/enrollment/role.h"

#include <gmock/gmock.h>

#include <map>

namespace certmgr::enrollment {
namespace {

using ::testing::HasSubstr;

constexpr std::initializer_list<Role> kRoles{Role::admin, Role::requester, Role::approver, Role::auditor,
                                             Role::scheduler};

TEST(Role, MayDoWhatTheTableSaysAndNothingElse) {
  // a: admin, r: requester, p: approver, u: auditor, s: scheduler
  const std::map<Deed, const char*> table{{Deed::see, "arpus"},          {Deed::request, ".r..s"},
                                          {Deed::edit, ".r..."},         {Deed::withdraw, "ar..."},
                                          {Deed::approve, "..p.."},      {Deed::grant, "..p.."},
                                          {Deed::revoke_grant, "a.p.."}, {Deed::resume, "ar..."},
                                          {Deed::judge, "..p.."},        {Deed::keep_organizations, "a...."}};
  EXPECT_EQ(table.size(), static_cast<std::size_t>(Deed::keep_organizations) + 1)
      << "a deed is missing in this test";
  for (const auto& [deed, marks] : table) {
    std::size_t column = 0;
    for (const auto role : kRoles) {
      const bool expected = marks[column++] != '.';
      EXPECT_EQ(may(role, deed), expected) << to_string(role) << " " << to_string(deed);
      EXPECT_EQ(permit({"ada", {role}}, deed).has_value(), expected) << to_string(role) << to_string(deed);
    }
  }
}

TEST(Role, OneOfSeveralSuffices) {
  EXPECT_TRUE(permit({"ada", {Role::auditor, Role::approver}}, Deed::approve));
  EXPECT_FALSE(permit({"ada", {Role::auditor, Role::admin}}, Deed::approve));
}

TEST(Role, ARefusalSaysWhomToAsk) {
  const auto refused = permit({"ada", {Role::auditor}}, Deed::withdraw);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "not_permitted");
  EXPECT_EQ(refused.error().what, "cannot give a request up");
  EXPECT_THAT(refused.error().why, HasSubstr("ada"));
  EXPECT_THAT(refused.error().hint, HasSubstr("admin or requester"));
}

TEST(Role, NobodyMayDoAnything) {
  EXPECT_FALSE(permit({"", {Role::admin, Role::approver}}, Deed::see));
  EXPECT_FALSE(permit({"ada", {}}, Deed::see));
}

TEST(Role, WordsAreReadBackAndNobodyIsTheScheduler) {
  for (const auto role : kRoles)
    EXPECT_EQ(parse_role(to_string(role)),
              role == Role::scheduler ? std::optional<Role>{} : std::optional<Role>{role});
  EXPECT_FALSE(parse_role("root"));
}

}  // namespace
}  // namespace certmgr::enrollment
