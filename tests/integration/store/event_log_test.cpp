// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "adapters/store/event_chain.h"
#include "integration/store/support.h"

namespace certmgr::store {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::sql;

class TheEventLog : public ::testing::Test {
 protected:
  void append(int count) {
    for (int i = 0; i < count; ++i)
      bench_.events.append({"test", "subject" + std::to_string(i % 2), {{"i", std::to_string(i)}}});
  }
  std::vector<std::string> findings() { return bench_.inspector.check().findings; }
  void unlock() {
    sql(bench_.database,
        "DROP TRIGGER events_never_change; DROP TRIGGER events_never_go; DROP TRIGGER "
        "events_only_at_the_end");
  }

  testing::TemporaryFolder folder_;
  testing::Bench bench_{folder_ / "s.db"};
};

TEST_F(TheEventLog, gives_the_newest_first_of_all_or_of_one_subject) {
  append(4);
  const auto all = bench_.events.events("", 3);
  ASSERT_THAT(all, SizeIs(3));
  EXPECT_EQ(all[0].seq, 4);
  EXPECT_EQ(all[0].at, bench_.clock.now());
  EXPECT_EQ(all[0].draft.data.at("i"), "3");
  const auto some = bench_.events.events("subject0", 10);
  ASSERT_THAT(some, SizeIs(2));
  EXPECT_EQ(some[0].seq, 3);
  EXPECT_EQ(some[1].seq, 1);
}

TEST_F(TheEventLog, can_be_followed_from_any_line_on) {
  EXPECT_EQ(bench_.events.last_seq(), 0);
  EXPECT_THAT(bench_.events.events_after(0, 10), IsEmpty());
  append(5);
  EXPECT_EQ(bench_.events.last_seq(), 5);
  const auto next = bench_.events.events_after(2, 2);
  ASSERT_THAT(next, SizeIs(2));
  EXPECT_EQ(next[0].seq, 3) << "oldest first";
  EXPECT_EQ(next[0].draft.data.at("i"), "2");
  EXPECT_EQ(next[1].seq, 4);
  EXPECT_THAT(bench_.events.events_after(5, 10), IsEmpty());
  testing::Bench other(folder_ / "s.db");
  other.events.append({"test", "elsewhere", {}});
  ASSERT_THAT(bench_.events.events_after(5, 10), SizeIs(1)) << "what another process wrote";
}

TEST_F(TheEventLog, hashes_lines_as_the_documentation_says) {
  // Computed by another program with the recipe of docs/store.md.
  const Event event{1, Instant(Duration(1'800'000'000'123)), {"certificate.wanted", "pbx", {}}, {}};
  EXPECT_EQ(event_hash("", event, R"({"by":"test"})"),
            "0fd0152b0d06378db8613a0fb3e1dc92daed078a244c299d9982f47c3f58a36f");
  EXPECT_EQ(event_hash(std::string(64, 'a'), event, "{}"),
            "a4d51d2e04692a093df61e3e2532fa8166e89cdfcef07e78775e18e0e307bcbe");
}

TEST_F(TheEventLog, cannot_be_changed_through_sql) {
  append(3);
  using testing::failure_of;
  for (const char* statement :
       {"UPDATE events SET kind = 'x' WHERE seq = 2", "DELETE FROM events WHERE seq = 3",
        "DELETE FROM events",
        "INSERT OR REPLACE INTO events SELECT seq, at, 'x', subject, data, hash FROM events WHERE seq = 3",
        "INSERT INTO events SELECT seq + 5, at, kind, subject, data, hash FROM events WHERE seq = 3"}) {
    EXPECT_EQ(failure_of([&] { sql(bench_.database, statement); }).kind, TroubleKind::store) << statement;
  }
  EXPECT_THAT(findings(), IsEmpty());
}

TEST_F(TheEventLog, shows_every_kind_of_tampering) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"UPDATE events SET kind = 'x' WHERE seq = 2", "line 2"},
      {"UPDATE events SET at = at + 1 WHERE seq = 1", "line 1"},
      {"UPDATE events SET subject = 'other' WHERE seq = 3", "line 3"},
      {"UPDATE events SET data = '{}' WHERE seq = 5", "line 5"},
      {"UPDATE events SET kind = 'tes', subject = 't' || subject WHERE seq = 2", "line 2"},
      {"DELETE FROM events WHERE seq = 1", "line 1 is missing"},
      {"DELETE FROM events WHERE seq = 3", "line 3 is missing"},
      {"DELETE FROM events WHERE seq > 3", "last 2 lines are missing"},
      {"DELETE FROM events", "last 5 lines are missing"},
      {"DELETE FROM meta WHERE name = 'event_head'", "not the recorded head"},
      {"UPDATE meta SET value = '5 0' WHERE name = 'event_head'", "not the recorded head"},
      {"UPDATE meta SET value = 'x' WHERE name = 'event_head'", "head cannot be read"},
      {"INSERT INTO events SELECT 6, at, kind, subject, data, hash FROM events WHERE seq = 5", "line 6"},
      {"UPDATE events SET seq = 9 WHERE seq = 2; UPDATE events SET seq = 2 WHERE seq = 3;"
       "UPDATE events SET seq = 3 WHERE seq = 9",
       "line 2"},
  };
  append(5);
  unlock();
  ASSERT_THAT(findings(), IsEmpty());
  for (const auto& [statement, expected] : cases) {
    sql(bench_.database, "SAVEPOINT tampering");
    sql(bench_.database, statement);
    EXPECT_THAT(bench_.database.read("verify", verify_chain).finding.value_or("nothing"), HasSubstr(expected))
        << statement;
    sql(bench_.database, "ROLLBACK TO tampering; RELEASE tampering");
  }
  sql(bench_.database, "UPDATE events SET kind = 'x' WHERE seq = 2");
  EXPECT_THAT(findings(), Contains(HasSubstr("line 2")));
}

TEST_F(TheEventLog, goes_on_after_the_store_was_opened_again) {
  append(2);
  {
    testing::Bench again(folder_ / "s.db");
    again.events.append({"test", "pbx", {}});
  }
  append(1);
  const StoreHealth health = bench_.inspector.check();
  EXPECT_EQ(health.events, 4);
  EXPECT_THAT(health.findings, IsEmpty());
}

TEST_F(TheEventLog, is_whole_at_every_moment_at_which_another_process_writes) {
  testing::Bench other(folder_ / "s.db");
  std::atomic<bool> enough = false;
  std::atomic<int> written = 0;
  std::thread writer([&] {
    for (; !enough; ++written) other.events.append({"test", "elsewhere", {}});
  });
  std::vector<std::string> found;
  // As many looks as it takes to meet the other at work often, wherever the commits are slow.
  for (int met = 0; met < 60 && found.empty();) {
    const int before = written;
    const auto report = bench_.events.verify();
    if (report.finding) found.push_back(*report.finding);
    if (written != before) ++met;
  }
  enough = true;
  writer.join();
  EXPECT_THAT(found, IsEmpty());
}

TEST_F(TheEventLog, keeps_texts_that_are_no_utf8_or_hold_a_zero) {
  bench_.events.append({"test", std::string("a\0b", 3), {{"output", "caf\xe9"}}});
  EXPECT_EQ(bench_.events.events("", 1)[0].draft.subject, std::string("a\0b", 3));
  EXPECT_EQ(bench_.events.events("", 1)[0].draft.data.at("output"), "caf\xef\xbf\xbd");
  EXPECT_THAT(findings(), IsEmpty());
}

}  // namespace
}  // namespace certmgr::store
