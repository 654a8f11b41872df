// SPDX-License-Identifier: MIT
#include <unistd.h>

#include <fstream>
#include <future>
#include <nlohmann/json.hpp>
#include <sstream>

#include "integration/solvers/raw_client.h"
#include "lab/process.h"
#include "platform/listen_socket.h"
#include "stand.h"

namespace certmgr::web {
namespace {

using nlohmann::json;
using solvers::RawClient;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

class TheStatusServer : public Stand {
 protected:
  json health(int status) {
    const auto answer = get("/healthz");
    EXPECT_EQ(answer.status, status) << answer.body;
    EXPECT_EQ(answer.type, "application/json");
    return json::parse(answer.body);
  }
};

TEST_F(TheStatusServer, IsHealthyWhenAllIsWell) {
  overview_.made_up.certificates = 7;
  scheduler_.in_flight = 3;
  start();
  const auto view = health(200);
  EXPECT_EQ(view["healthy"], true);
  EXPECT_TRUE(view["findings"].empty());
  EXPECT_EQ(view["certificates"]["all"], 7);
  EXPECT_EQ(view["scheduler"]["in_flight"], 3);
}

struct SickCase {
  const char* name;
  void (*make)(FakeOverview&, SchedulerHealth&);
  const char* finding;
};

TEST_F(TheStatusServer, SaysWhyItIsNotHealthy) {
  start();
  const std::vector<SickCase> cases{
      {"stuck",
       [](FakeOverview&, SchedulerHealth& scheduler) {
         scheduler.stuck = true;
         scheduler.why = "order 7 runs since 11 minutes";
       },
       "stuck: order 7"},
      {"stopped", [](FakeOverview&, SchedulerHealth& scheduler) { scheduler.running = false; },
       "not running"},
      {"neglected one",
       [](FakeOverview& overview, SchedulerHealth&) {
         overview.made_up.neglected = 1;
         overview.made_up.neglected_label = "pbx.example.com";
       },
       "pbx.example.com is past the renewal time"},
      {"neglected ones",
       [](FakeOverview& overview, SchedulerHealth&) {
         overview.made_up.neglected = 4;
         overview.made_up.neglected_label = "pbx.example.com";
       },
       "4 certificates are (first to expire: pbx.example.com)"},
      {"nobody at servers",
       [](FakeOverview& overview, SchedulerHealth&) {
         overview.made_up.due["watch"] = 2;
         overview.made_up.due_since["watch"] = FixedClock().now() - 6min;
       },
       "nobody works on servers: 2 tasks are due"},
      {"broken store", [](FakeOverview& overview, SchedulerHealth&) { overview.broken = true; },
       "the disk is gone"}};
  for (const auto& sick : cases) {
    {
      const std::lock_guard lock(overview_.mutex);
      overview_.made_up = {};
      overview_.broken = false;
      scheduler_ = running_scheduler();
      sick.make(overview_, scheduler_);
    }
    const auto view = health(503);
    EXPECT_EQ(view["healthy"], false) << sick.name;
    ASSERT_EQ(view["findings"].size(), 1U) << sick.name;
    EXPECT_THAT(view["findings"][0].get<std::string>(), HasSubstr(sick.finding)) << sick.name;
  }
}

TEST_F(TheStatusServer, APausedPartyIsNoSickness) {
  scheduler_.paused["ca:le"] = clock_.now();
  start();
  EXPECT_EQ(health(200)["scheduler"]["paused"]["ca:le"], "2027-01-15T08:00:00Z");
}

TEST_F(TheStatusServer, KnowsNothingElse) {
  start();
  for (const char* path : {"/", "/metric", "/metrics/", "/healthz/..", "/../etc/passwd", "/%2e%2e/metrics"})
    EXPECT_EQ(get(path).status, 404) << path;
  httplib::Client client("127.0.0.1", port_);
  EXPECT_EQ(client.Post("/metrics", "x", "text/plain")->status, 405);
  EXPECT_EQ(client.Delete("/healthz")->status, 405);
  const auto head = client.Head("/healthz");
  EXPECT_EQ(head->status, 200);
  EXPECT_TRUE(head->body.empty());
}

TEST_F(TheStatusServer, AnswersHttp10WithoutChunks) {
  start();
  RawClient client(port_);
  client.send("GET /metrics HTTP/1.0\r\n\r\n");
  const std::string answer = client.receive_all();
  EXPECT_THAT(answer, HasSubstr(" 200 "));
  EXPECT_EQ(answer.find("chunked"), std::string::npos);
  EXPECT_THAT(answer, HasSubstr("certmgr_build_info{"));
}

TEST_F(TheStatusServer, SendsAllOfItAsItIs) {
  start();
  RawClient client(port_);
  client.send("GET /metrics HTTP/1.0\r\nAccept-Encoding: br, gzip\r\nRange: bytes=0-5,9-12\r\n\r\n");
  const std::string answer = client.receive_all();
  EXPECT_THAT(answer, HasSubstr(" 200 "));
  EXPECT_EQ(answer.find("Content-Encoding"), std::string::npos) << answer;
  EXPECT_THAT(answer, HasSubstr("certmgr_alarms_open 0\n"));
}

TEST_F(TheStatusServer, CutsWhoSendsTooSlowlyOrTooMuch) {
  start({.connection_life = 300ms, .request_octets = 4096});
  const RawClient slow(port_);
  slow.send("GET /healthz HT");
  EXPECT_TRUE(slow.is_cut());
  const RawClient big(port_);
  big.send("GET /healthz HTTP/1.1\r\nX: " + std::string(1 << 20, 'x'));
  EXPECT_TRUE(big.is_cut());
  EXPECT_EQ(get("/healthz").status, 200) << "nobody else suffers";
}

TEST_F(TheStatusServer, CutsWhoReadsTooSlowly) {
  for (int i = 0; i < 20'000; ++i)
    overview_.all.push_back({"c" + std::to_string(100000 + i), "le", "fresh", clock_.now(), clock_.now()});
  start({.connection_life = 500ms, .threads = 1});
  RawClient lazy(port_);
  lazy.send("GET /metrics HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(lab::wait_until([&] { return get("/healthz").status == 200; }));
}

TEST_F(TheStatusServer, ClosesConnectionsBeyondItsLimit) {
  start({.connection_life = 5s, .threads = 1, .connections = 2});
  const RawClient first(port_);
  const RawClient second(port_);
  const RawClient third(port_);
  EXPECT_TRUE(third.is_cut());
}

TEST_F(TheStatusServer, AnswersManyAtOnce) {
  start();
  std::vector<std::future<int>> answers;
  for (int i = 0; i < 32; ++i)
    answers.push_back(std::async(std::launch::async,
                                 [this, i] { return get(i % 2 == 0 ? "/metrics" : "/healthz").status; }));
  for (auto& answer : answers) EXPECT_EQ(answer.get(), 200);
}

TEST_F(TheStatusServer, StopsAtOnceThoughSomebodyIsConnected) {
  start();
  const RawClient client(port_);
  const auto begin = std::chrono::steady_clock::now();
  server_.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
  EXPECT_TRUE(client.is_cut());
  EXPECT_FALSE(lab::port_accepts("127.0.0.1", port_));
  start();  // the port is free again
  EXPECT_EQ(get("/healthz").status, 200);
}

TEST_F(TheStatusServer, TakesASocketThatListensAlready) {
  metrics_ = std::make_unique<Metrics>(events_);
  const auto address = platform::parse_listen_address("127.0.0.1:" + std::to_string(port_));
  auto listening = platform::listen_on(address.value(), "for the test");
  ASSERT_TRUE(listening);
  server_ = std::make_unique<StatusServer>(std::move(*listening), sources());
  EXPECT_EQ(get("/healthz").status, 200);
}

TEST_F(TheStatusServer, SaysWhatIsWrongWithItsAddress) {
  start();
  try {
    const StatusServer second("127.0.0.1:" + std::to_string(port_), sources());
    FAIL() << "two on one port";
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.trouble().code, "port_in_use");
    EXPECT_THAT(failure.trouble().what, HasSubstr("for /metrics and /healthz"));
  }
}

/// How often the threads of this process gave up the processor because they had to wait.
long waits_of_this_process() {
  long waits = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream status(task.path() / "status");
    for (std::string line; std::getline(status, line);)
      if (line.starts_with("voluntary_ctxt_switches:")) waits += std::stol(line.substr(line.find(':') + 1));
  }
  return waits;
}

TEST_F(TheStatusServer, NeverWakesUpWhileNobodyAsks) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "the sanitizer has a thread that never sleeps for long";
#endif
  start();
  ASSERT_EQ(get("/healthz").status, 200);
  // Whatever still ends does so before the first count is taken.
  long before = -1;
  ASSERT_TRUE(lab::wait_until([&] { return std::exchange(before, waits_of_this_process()) + 2 >= before; }));
  before = waits_of_this_process();
  usleep(1'500'000);  // there is no event for "nothing happens"
  EXPECT_LE(waits_of_this_process() - before, 2) << "one is our own sleep";
}

}  // namespace
}  // namespace certmgr::web
