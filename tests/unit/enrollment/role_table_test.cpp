// SPDX-License-Identifier: MIT
#include "certmgr/domain/enrollment/role_table.h"

#include <gmock/gmock.h>

namespace certmgr::enrollment {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(RoleTable, APersonHasTheRolesOfHerNameAndOfHerGroups) {
  const RoleTable table{{Role::admin, {"root"}},
                        {Role::requester, {"alice", "@voip"}},
                        {Role::approver, {"@voip", "bob"}},
                        {Role::auditor, {"@audit"}},
                        {Role::scheduler, {"alice"}}};
  struct Case {
    const char* person;
    std::set<std::string> groups;
    std::set<Role> roles;
  };
  const std::vector<Case> cases{{"alice", {}, {Role::requester}},
                                {"alice", {"voip"}, {Role::requester, Role::approver}},
                                {"bob", {"audit", "users"}, {Role::approver, Role::auditor}},
                                {"carol", {"alice", "@voip"}, {}},  // groups are no people
                                {"voip", {}, {}},
                                {"@voip", {}, {}},
                                {"Alice", {}, {}},
                                {"root", {"root"}, {Role::admin}},
                                {"", {"voip"}, {}}};
  for (const auto& one : cases) {
    const Actor actor = actor_of(one.person, one.groups, table);
    EXPECT_EQ(actor.person, one.person);
    EXPECT_EQ(actor.roles, one.roles) << one.person;
  }
}

TEST(RoleTable, WithoutOneRootAsksAndDecidesAndNobodyElse) {
  EXPECT_THAT(actor_of("root", {}, default_roles()).roles,
              ElementsAre(Role::admin, Role::requester, Role::approver));
  EXPECT_THAT(actor_of("alice", {"root", "wheel", "sudo"}, default_roles()).roles, IsEmpty());
}

TEST(RoleTable, WithoutOneWhoeverHasTheStoreKeepsIt) {
  EXPECT_THAT(with_store({"alice", {}}, default_roles()).roles, ElementsAre(Role::admin));
  EXPECT_THAT(with_store({"", {}}, default_roles()).roles, IsEmpty());
  EXPECT_THAT(with_store({"alice", {}}, {{Role::admin, {"root"}}}).roles, IsEmpty());
  EXPECT_THAT(with_store({"alice", {}}, {}).roles, IsEmpty()) << "an empty table: nobody is anything";
}

}  // namespace
}  // namespace certmgr::enrollment
