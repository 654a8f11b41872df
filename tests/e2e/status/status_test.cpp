// SPDX-License-Identifier: MIT
// status, history and the pages of list, as people and scripts use them.
#include <SQLiteCpp/Database.h>
#include <gmock/gmock.h>
#include <httplib.h>

#include <chrono>
#include <csignal>
#include <sstream>

#include "e2e/world/world.h"
#include "lab/ports.h"

namespace certmgr::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// Runs SQL on the program's store, to make what would take weeks.
void on_store(const World& world, const std::string& statements) {
  SQLite::Database store(world.certmgr.store_file().string(), SQLite::OPEN_READWRITE);
  store.setBusyTimeout(10'000);
  store.exec(statements);
}

std::vector<std::string> kinds(const json& history) {
  std::vector<std::string> all;
  for (const auto& event : history["events"]) all.push_back(event["kind"]);
  return all;
}

constexpr const char* kHour = "3600000";
const std::string kNow = "(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER))";

/// The upkeep of the one certificate there is, renewed `ago` hours too late, with `left` hours to live.
void make_late(const World& world, const std::string& state, int ago, int left) {
  on_store(world, "UPDATE renewals SET state = '" + state + "', renew_at = " + kNow + " - " +
                      std::to_string(ago) + " * " + kHour + ", not_after = " + kNow + " + " +
                      std::to_string(left) + " * " + kHour +
                      ", payload = '{\"v\":1,\"wake_at\":1800000000000,\"failures\":4,\"judged_order\":1,"
                      "\"trouble\":{\"kind\":\"permanent\",\"code\":\"acme_caa\",\"what\":\"cannot order\","
                      "\"why\":\"CAA forbids it\",\"hint\":\"change the CAA records\",\"detail\":\"\"}}'");
}

TEST(Status, OfAnEmptyStoreSaysSo) {
  World world;
  const auto view = world.run_json({"status"});
  EXPECT_EQ(view["healthy"], true);
  EXPECT_EQ(view["daemon"], nullptr);
  EXPECT_EQ(view["certificates"]["all"], 0);
  EXPECT_EQ(view["next_renewal"], nullptr);
  EXPECT_EQ(view["troubled"], json::array());
  EXPECT_THAT(world.run({"status"}).output, HasSubstr("not running"));
  EXPECT_EQ(world.run({"status", "--check"}).exit_code, 0);
}

TEST(Status, CountsWhatIsThere) {
  World world;
  ASSERT_EQ(world.run({"issue", "a.example.com"}).exit_code, 0);
  const auto view = world.run_json({"status"});
  for (const char* key : {"healthy", "findings", "daemon", "certificates", "next_renewal", "listeners",
                          "orders", "tasks", "open_alarms", "alarms", "troubled"})
    EXPECT_TRUE(view.contains(key)) << key;
  EXPECT_EQ(view["certificates"]["all"], 1);
  EXPECT_EQ(view["certificates"]["expired"], 0);
  EXPECT_GE(view["tasks"]["waiting"]["renewal"], 1);
}

TEST(Status, NamesTheSameRenewalTimeAsTheListAndTheMetrics) {
  World world;
  ASSERT_EQ(world.run({"issue", "a.example.com"}).exit_code, 0);
  const std::string before = world.run_json({"list"})["certificates"][0]["renew_at"];
  ASSERT_EQ(world.run({"daemon", "--once"}).exit_code, 0);
  EXPECT_EQ(world.run_json({"status"})["next_renewal"], before) << "what the daemon does is what was shown";
  EXPECT_EQ(world.run_json({"list"})["certificates"][0]["renew_at"], before);
}

TEST(Status, NamesWhatIsInTroubleAndWhatToDo) {
  World world;
  ASSERT_EQ(world.run({"issue", "a.example.com"}).exit_code, 0);
  make_late(world, "failing", 1, 100);
  const auto view = world.run_json({"status"});
  ASSERT_EQ(view["troubled"].size(), 1U);
  EXPECT_EQ(view["troubled"][0]["label"], "a.example.com");
  EXPECT_EQ(view["troubled"][0]["state"], "failing");
  EXPECT_EQ(view["troubled"][0]["failures"], 4);
  EXPECT_EQ(view["troubled"][0]["trouble"]["code"], "acme_caa");
  const auto text = world.run({"status"}).output;
  EXPECT_THAT(text, HasSubstr("a.example.com: failing"));
  EXPECT_THAT(text, HasSubstr("CAA forbids it"));
  EXPECT_THAT(text, HasSubstr("try: change the CAA records"));
  EXPECT_EQ(view["healthy"], true) << "there is time left";
}

TEST(Status, CheckFailsWhenACertificateIsNeglected) {
  World world;
  ASSERT_EQ(world.run({"issue", "a.example.com"}).exit_code, 0);
  make_late(world, "failing", 100, 50);
  const auto view = world.run_json({"status", "--check"}, 1);
  EXPECT_EQ(view["healthy"], false);
  ASSERT_EQ(view["findings"].size(), 1U);
  EXPECT_THAT(view["findings"][0].get<std::string>(), HasSubstr("a.example.com"));
  EXPECT_EQ(world.run({"status"}).exit_code, 0) << "without --check it only tells";
  EXPECT_EQ(world.run({"-q", "status", "--check"}).exit_code, 1);
}

TEST(Status, OfARunningDaemonIsOnItsWebPagesToo) {
  const int port = lab::free_port();
  World world({}, "[web]\nlisten = \"127.0.0.1:" + std::to_string(port) + "\"\n");
  ASSERT_EQ(world.run({"issue", "a.example.com"}).exit_code, 0);
  auto daemon = world.certmgr.start({"daemon"});
  httplib::Client client("127.0.0.1", port);
  ASSERT_TRUE(lab::wait_until([&] {
    const auto health = client.Get("/healthz");
    return health && health->status == 200;
  })) << daemon.errors();
  EXPECT_EQ(json::parse(client.Get("/healthz")->body)["scheduler"]["running"], true);
  // The daemon is healthy before it has looked at the certificate for the first time.
  auto page = client.Get("/metrics");
  ASSERT_TRUE(lab::wait_until([&] {
    page = client.Get("/metrics");
    return page && page->body.find("certmgr_certificate_expiry_timestamp_seconds{") != std::string::npos;
  })) << daemon.errors();
  EXPECT_THAT(page->body, HasSubstr("label=\"a.example.com\""));
  EXPECT_THAT(page->body, Not(HasSubstr("PRIVATE KEY")));
  EXPECT_THAT(world.run_json({"status"})["daemon"].get<std::string>(),
              HasSubstr("pid " + std::to_string(daemon.pid())));
  make_late(world, "parked", 100, 50);
  EXPECT_EQ(client.Get("/healthz")->status, 503) << "a certificate is neglected";
  EXPECT_THAT(world.run({"status"}).output, HasSubstr(", waits for a person\n"));
  daemon.signal(SIGTERM);
  EXPECT_EQ(daemon.wait(std::chrono::seconds(20)), 0) << daemon.errors();
  EXPECT_FALSE(lab::port_accepts("127.0.0.1", port));
}

TEST(Status, TellsThatNobodyDoesTheOtherHalfOfTheWork) {
  const int port = lab::free_port();
  World world({}, "[web]\nlisten = \"127.0.0.1:" + std::to_string(port) + "\"\n");
  world.register_files("box");
  ASSERT_EQ(world.run({"issue", "a.example.com", "--server", "box"}).exit_code, 0);
  auto network = world.certmgr.start({"daemon", "--role", "network"});
  httplib::Client client("127.0.0.1", port);
  const auto health = [&] {
    const auto answer = client.Get("/healthz");
    return answer ? answer->body : std::string();
  };
  ASSERT_TRUE(lab::wait_until([&] { return health().find("\"healthy\": true") != std::string::npos; }))
      << network.errors();
  on_store(world, "UPDATE tasks SET due_at = " + kNow + " - 360000 WHERE kind = 'watch'");
  EXPECT_THAT(health(), HasSubstr("nobody works on servers: 1 task is due"));
  EXPECT_THAT(client.Get("/metrics")->body, HasSubstr("certmgr_half_left_alone{half=\"deploy\"} 1"));
  EXPECT_THAT(world.run({"status"}).output, HasSubstr("attention     nobody works on servers"));
  EXPECT_EQ(world.run({"status", "--check"}).exit_code, 1);

  const auto deploy = world.certmgr.start({"daemon", "--role", "deploy"});
  EXPECT_TRUE(lab::wait_until([&] { return health().find("\"healthy\": true") != std::string::npos; }))
      << health() << deploy.errors();
}

TEST(History, TellsWhatHappenedNewestLast) {
  World world;
  ASSERT_EQ(world.run({"issue", "a.example.com"}).exit_code, 0);
  const auto all = world.run_json({"history"});
  EXPECT_THAT(kinds(all), ::testing::IsSupersetOf({"certificate.added", "order.approved", "order.issued"}));
  for (const char* key : {"seq", "at", "kind", "subject", "data", "hash"})
    EXPECT_TRUE(all["events"][0].contains(key)) << key;
  for (std::size_t i = 1; i < all["events"].size(); ++i)
    EXPECT_EQ(all["events"][i]["seq"].get<int>(), all["events"][i - 1]["seq"].get<int>() + 1);

  const auto last_two = world.run_json({"history", "--limit", "2"});
  ASSERT_EQ(last_two["events"].size(), 2U);
  EXPECT_EQ(last_two["events"][1], all["events"].back()) << "the newest ones, in the same order";
  EXPECT_THAT(world.run({"history", "a.example.com"}).output, HasSubstr("order.issued"));
}

TEST(History, IsOfOneSubjectOrSinceAMoment) {
  World world;
  ASSERT_EQ(world.run({"issue", "a.example.com", "--no-deploy"}).exit_code, 0);
  ASSERT_EQ(world.run({"issue", "b.example.com", "--no-deploy"}).exit_code, 0);
  for (const auto& event : world.run_json({"history", "b.example.com"})["events"])
    EXPECT_EQ(event["subject"], "b.example.com");
  EXPECT_EQ(world.run_json({"history", "--since", "2999-01-01T00:00:00Z"})["events"].size(), 0U);
  EXPECT_GT(world.run_json({"history", "--since", "2001-01-01T00:00:00+02:00"})["events"].size(), 3U);
  EXPECT_EQ(world.run_json({"history", "--since", "yesterday"}, 2)["error"]["code"], "bad_time");
}

TEST(History, KnowsWhatWasRemovedButNotWhatNeverWas) {
  World world;
  world.register_files("files");
  ASSERT_EQ(world.run({"server", "remove", "files"}).exit_code, 0);
  EXPECT_THAT(kinds(world.run_json({"history", "files"})),
              ::testing::ElementsAre("server.added", "server.removed"));
  ASSERT_EQ(world.run({"issue", "a.example.com"}).exit_code, 0);
  const auto error = world.run_json({"history", "a.exmple.com"}, 2)["error"];
  EXPECT_EQ(error["code"], "unknown_certificate");
  EXPECT_THAT(error["hint"].get<std::string>(), HasSubstr("a.example.com"));
}

TEST(History, AnEventIsOneLineWhateverItHolds) {
  World world;
  ASSERT_EQ(world.run({"list"}).exit_code, 0);
  on_store(world,
           "INSERT INTO events VALUES (1, 0, 'test', 'two' || char(10) || 'lines',"
           " '{\"output\":\"a\\nb \\u001b[31m \\\"c\\\"\",\"plain\":\"word\"}', printf('%064d', 0))");
  const auto text = world.run({"history"}).output;
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1) << text;
  EXPECT_THAT(text, HasSubstr("plain=word"));
  EXPECT_EQ(text.find('\033'), std::string::npos);
}

TEST(History, CanBeFollowed) {
  World world;
  ASSERT_EQ(world.run({"issue", "a.example.com", "--no-deploy"}).exit_code, 0);
  EXPECT_EQ(world.run({"history", "b.example.com", "--follow"}).exit_code, 2) << "nobody knows b yet";
  auto text = world.certmgr.start({"history", "--follow", "--limit", "1"});
  auto lines = world.certmgr.start({"history", "a.example.com", "--follow", "--json", "--limit", "1"});
  ASSERT_TRUE(text.wait_for_output("order.issued"));
  ASSERT_TRUE(lines.wait_for_output("\n"));
  ASSERT_EQ(world.run({"issue", "b.example.com", "--no-deploy"}).exit_code, 0);
  ASSERT_EQ(world.run({"renew", "a.example.com", "--force"}).exit_code, 0);
  EXPECT_TRUE(text.wait_for_output("b.example.com"));
  const auto renewed = [&] {
    return lines.output().find("order.issued", lines.output().find('\n')) != std::string::npos;
  };
  EXPECT_TRUE(lab::wait_until(renewed)) << lines.output();
  std::istringstream documents(lines.output());
  for (std::string line; std::getline(documents, line);)
    EXPECT_EQ(json::parse(line)["subject"], "a.example.com") << "one document per line";
  EXPECT_TRUE(text.running());
  text.signal(SIGINT);
  EXPECT_TRUE(text.wait(std::chrono::seconds(10))) << "Ctrl-C ends it";
}

/// As if they had been issued long ago.
void add_many(const World& world, int count) {
  const std::string all = std::to_string(count);
  on_store(
      world,
      "BEGIN;"
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
          all +
          ") INSERT INTO certificates SELECT i, printf('c%06d', i), json_object('v', 1, 'label',"
          " printf('c%06d', i), 'identifiers', json_array('a.example.com'), 'ca', 'test', 'level', 'dv',"
          " 'key_type', 'ecdsa-p256', 'challenge', json_object('type', 'http-01', 'webroot', '',"
          " 'listen', '[::]:80')), 0 FROM n;"
          "INSERT INTO keys SELECT printf('%032x', id), 'ecdsa-p256', 'certificate', id, x'00', 0"
          " FROM certificates;"
          "INSERT INTO versions SELECT id, id, 1, printf('%032x', id), '', id, printf('%064x', id), 'CA', 0,"
          " " +
          kNow + " + 90 * 24 * " + kHour +
          ", 0, 0 FROM certificates;"
          "INSERT INTO renewals SELECT id, 'fresh', " +
          kNow + " + 90 * 24 * " + kHour + ", " + kNow +
          " + id, '{\"v\":1}' FROM certificates;"
          "INSERT INTO tasks SELECT 'renewal', id, 'renewal:' || id, 'renewal', " +
          kNow +
          " + id, NULL, NULL FROM certificates;"
          "COMMIT");
}

TEST(List, GivesPages) {
  World world;
  ASSERT_EQ(world.run({"list"}).exit_code, 0);
  add_many(world, 7);
  std::vector<std::string> seen;
  std::string after;
  for (int page = 0; page < 4; ++page) {
    Arguments arguments{"list", "--limit", "3"};
    if (!after.empty()) arguments.insert(arguments.end(), {"--after", after});
    const auto view = world.run_json(arguments);
    for (const auto& certificate : view["certificates"]) seen.push_back(certificate["label"]);
    if (!view.contains("next")) break;
    after = view["next"];
    EXPECT_EQ(after, seen.back());
  }
  EXPECT_THAT(seen, ::testing::ElementsAre("c000001", "c000002", "c000003", "c000004", "c000005", "c000006",
                                           "c000007"));
  EXPECT_FALSE(world.run_json({"list", "--limit", "7"}).contains("next")) << "that was all";
  EXPECT_FALSE(world.run_json({"list"}).contains("next"));
  EXPECT_THAT(world.run({"list", "--limit", "3"}).output, HasSubstr("--after 'c000003'"));
  EXPECT_EQ(world.run({"list", "--limit", "0"}).exit_code, 2);
  EXPECT_THAT(world.run({"list", "--after", "zzz"}).output, HasSubstr("no certificates after 'zzz'"));
}

TEST(List, AndStatusAreQuickWithManyCertificates) {
  World world;
  ASSERT_EQ(world.run({"list"}).exit_code, 0);
  add_many(world, 30'000);
  using std::chrono::steady_clock;
  for (const Arguments& command :
       {Arguments{"list", "--limit", "100", "--after", "c015000"}, Arguments{"status"}}) {
    const auto begin = steady_clock::now();
    EXPECT_EQ(world.run(command).exit_code, 0);
    // The whole program, on a busy machine, perhaps with sanitizers; a scan of all rows takes longer.
    EXPECT_LT(steady_clock::now() - begin, std::chrono::seconds(2)) << command.front();
  }
}

}  // namespace
}  // namespace certmgr::e2e
