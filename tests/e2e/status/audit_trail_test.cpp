// SPDX-License-Identifier: MIT
// The event log as an audit trail: exported, and proven to be whole.
#include <SQLiteCpp/Database.h>
#include <gmock/gmock.h>

#include <sstream>

#include "e2e/world/world.h"

namespace certmgr::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(AuditTrail, IsExportedAsLinesOldestFirst) {
  World world;
  ASSERT_EQ(world.run({"issue", "a.example.com", "--no-deploy"}).exit_code, 0);
  ASSERT_EQ(world.run({"issue", "b.example.com", "--no-deploy"}).exit_code, 0);
  const auto exported = world.run({"history", "--export"});
  ASSERT_EQ(exported.exit_code, 0) << exported.errors;
  auto lines = json::array();
  std::istringstream text(exported.output);
  for (std::string line; std::getline(text, line);) lines.push_back(json::parse(line));
  EXPECT_EQ(lines, world.run_json({"history", "--limit", "1000"})["events"]);
  EXPECT_THAT(world.run({"history", "b.example.com", "--export"}).output,
              testing::AllOf(HasSubstr("b.example.com"), Not(HasSubstr("\"subject\":\"a.example.com\""))));
  EXPECT_EQ(world.run({"history", "--export", "--since", "2999-01-01T00:00:00Z"}).output, "");
  EXPECT_EQ(world.run({"history", "--export", "--follow"}).exit_code, 2);
}

TEST(AuditTrail, ProvesThatNobodyChangedIt) {
  World world;
  EXPECT_EQ(world.run_json({"history", "--verify"})["head"], "");
  ASSERT_EQ(world.run({"issue", "a.example.com", "--no-deploy"}).exit_code, 0);
  const auto before = world.run_json({"history", "--verify"});
  EXPECT_EQ(before["ok"], true);
  const std::string head = before["head"];
  ASSERT_EQ(world.run({"issue", "b.example.com", "--no-deploy"}).exit_code, 0);
  EXPECT_THAT(world.run({"history", "--verify", "--noted", head}).output, HasSubstr("is whole"));

  std::string other = head;
  other.back() = other.back() == '0' ? '1' : '0';
  for (const auto& [noted, code] : std::vector<std::pair<std::string, int>>{
           {"812", 2}, {"", 2}, {"0" + head, 2}, {head + " ", 2}, {"x:y", 2}, {":", 2}, {"9" + head, 1}})
    EXPECT_EQ(world.run({"history", "--verify", "--noted", noted}).exit_code, code) << noted;
  const auto denied = world.run_json({"history", "--verify", "--noted", other}, 1);
  EXPECT_THAT(denied["finding"].get<std::string>(), HasSubstr("is not the one that was noted"));

  SQLite::Database store(world.certmgr.store_file().string(), SQLite::OPEN_READWRITE);
  store.setBusyTimeout(10'000);
  store.exec("DROP TRIGGER events_never_change; UPDATE events SET subject = 'c.example.com' WHERE seq = 2");
  const auto changed = world.run_json({"history", "--verify"}, 1);
  EXPECT_EQ(changed["ok"], false);
  EXPECT_THAT(changed["finding"].get<std::string>(), HasSubstr("line 2"));
  EXPECT_THAT(world.run({"history", "--verify"}).output, HasSubstr("was changed or is damaged"));
}

TEST(AuditTrail, OfAStoreThatIsGoneIsNotMadeAnew) {
  World world;
  const auto verified = world.run_json({"history", "--verify"});
  EXPECT_EQ(verified["events"], 0);
  EXPECT_EQ(world.run({"history", "--export"}).output, "");
  EXPECT_FALSE(std::filesystem::exists(world.certmgr.store_file()));
}

}  // namespace
}  // namespace certmgr::e2e
