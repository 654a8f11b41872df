// SPDX-License-Identifier: MIT
// A CA that takes its time, loses answers, or forgets who we are.
#include <atomic>

#include "e2e/world/world.h"

namespace certmgr::e2e {
namespace {

namespace faults = lab::faults;
namespace paths = lab::paths;
constexpr int kAlways = lab::FaultProxy::kAlways;
constexpr const char* kAccountPath = "/my-account/";

int created(const lab::FaultProxy& proxy, const std::string& path) {
  int count = 0;
  for (const auto& request : proxy.requests()) count += request.path == path && request.status == 201 ? 1 : 0;
  return count;
}

/// Requests to the path after the order was finalized.
int asked_since_finalize(const lab::FaultProxy& proxy, const std::string& path) {
  int count = 0;
  bool finalized = false;
  for (const auto& request : proxy.requests()) {
    if (finalized && request.path.starts_with(path)) ++count;
    if (request.path.starts_with(paths::kFinalize)) finalized = true;
  }
  return count;
}

/// From the first look at an order that was finalized on, the CA is busy with it for a second and a half
/// and asks not to be asked again before two seconds are over.
lab::Fault busy_after_finalize() {
  struct Begin {
    std::atomic<bool> seen{false};
    std::chrono::steady_clock::time_point at;
  };
  lab::Fault fault;
  fault.change = [begin = std::make_shared<Begin>()](lab::Reply& reply) {
    auto order = json::parse(reply.body, nullptr, false);
    if (!order.is_object() || (order["status"] != "valid" && order["status"] != "processing")) return;
    const auto now = std::chrono::steady_clock::now();
    if (!begin->seen.exchange(true)) begin->at = now;
    if (now - begin->at > std::chrono::milliseconds(1500)) return;
    order["status"] = "processing";
    order.erase("certificate");
    reply.body = order.dump();
    reply.set_header("Retry-After", "2");
  };
  return fault;
}

TEST(CaWaits, ACaIsNotAskedAgainBeforeTheTimeItNamed) {
  World world;
  auto& proxy = world.put_proxy_before_ca();
  proxy.inject(paths::kOrder, busy_after_finalize(), 1, kAlways);
  const auto outcome = world.run({"issue", "a.example.com"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_EQ(asked_since_finalize(proxy, paths::kOrder), 2)
      << "the answer that named the time, and one after it; polling as usual would be five";
}

TEST(CaWaits, AnOrderIsLeftToALaterRunWhenTheCaTakesLongerThanTheTimeout) {
  World world;
  auto& proxy = world.put_proxy_before_ca();
  auto busy = faults::order_status("processing");
  busy.change = [change = busy.change](lab::Reply& reply) {
    if (reply.body.find("\"valid\"") == std::string::npos) return;
    change(reply);
    reply.set_header("Retry-After", "120");
  };
  proxy.inject(paths::kOrder, busy, 1, kAlways);
  const auto error = world.run_json({"issue", "a.example.com", "--timeout", "5"}, 4)["error"];
  EXPECT_EQ(error["code"], "waiting") << error.dump(2);
  EXPECT_TRUE(error["retry_at"].is_string()) << error.dump(2);
  EXPECT_EQ(world.run_json({"list"})["certificates"][0]["state"], "awaiting_ca");
  EXPECT_EQ(world.run_json({"show", "a.example.com"})["certificate"]["order"]["next_at"], error["retry_at"]);
  EXPECT_EQ(proxy.count(paths::kNewOrder), 1);
}

TEST(CaWaits, AnOrderWhoseAnswerWasLostIsAdoptedByTheNextRun) {
  World world;
  auto& proxy = world.put_proxy_before_ca();
  proxy.inject(paths::kNewOrder, faults::drop_after());
  // So that this run cannot look for what it lost.
  proxy.inject(kAccountPath, faults::drop_before(), 1, kAlways);
  const auto error = world.run_json({"issue", "a.example.com", "b.example.com"}, 1)["error"];
  EXPECT_EQ(error["code"], "ca_unreachable") << error.dump(2);
  proxy.clear_faults();
  const auto outcome = world.run({"issue", "a.example.com", "b.example.com"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_EQ(proxy.count(paths::kNewOrder), 1) << "a second order was placed";
  EXPECT_TRUE(world.run_json({"db", "check"})["ok"]);
}

TEST(CaWaits, AnswersLostAtEveryStepLeadToTheSameCertificate) {
  for (const char* path :
       {paths::kDirectory, paths::kNewNonce, paths::kNewAccount, paths::kNewOrder, paths::kAuthorization,
        paths::kChallenge, paths::kOrder, paths::kFinalize, paths::kCertificate}) {
    World world;
    auto& proxy = world.put_proxy_before_ca();
    proxy.inject(path, faults::drop_after());
    const auto outcome = world.run({"issue", "a.example.com"});
    EXPECT_EQ(outcome.exit_code, 0) << path << ": " << outcome.errors;
    EXPECT_EQ(created(proxy, paths::kNewAccount) + (path == paths::kNewAccount ? 1 : 0), 1) << path;
    EXPECT_EQ(proxy.count(paths::kNewOrder), 1) << path;
    EXPECT_EQ(world.run_json({"show", "a.example.com"})["certificate"]["versions"].size(), 1U) << path;
    EXPECT_TRUE(world.run_json({"db", "check"})["ok"]) << path;
  }
}

TEST(CaWaits, RedirectsAreNotFollowed) {
  World world;
  const lab::FaultProxy elsewhere(world.pebble);
  auto& proxy = world.put_proxy_before_ca();
  for (const char* path : {paths::kDirectory, paths::kNewOrder}) {
    proxy.clear_faults();
    proxy.inject(path, faults::redirect(elsewhere.directory_url()), 1, kAlways);
    const auto error = world.run_json({"issue", "a.example.com"}, 1)["error"];
    EXPECT_EQ(error["code"], "ca_protocol") << error.dump(2);
    EXPECT_NE(error["message"].get<std::string>().find("redirect"), std::string::npos) << error.dump(2);
    EXPECT_EQ(elsewhere.count(), 0) << path;
  }
}

TEST(CaWaits, AnAccountTheCaForgotIsRegisteredAnewAtTheNextRenewal) {
  World world;
  auto& proxy = world.put_proxy_before_ca();
  ASSERT_NO_FATAL_FAILURE(world.start_nginx());
  ASSERT_EQ(world.run({"issue", "a.example.com", "--server", "web"}).exit_code, 0);
  const std::string before = world.served_by_nginx();
  const auto keys = world.run_json({"db", "check"})["keys"];
  world.pebble.stop();
  world.pebble.start();
  proxy.forget_requests();
  const auto outcome = world.run({"renew", "--force", "a.example.com"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_EQ(created(proxy, paths::kNewAccount), 1);
  EXPECT_EQ(created(proxy, paths::kNewOrder), 1);
  EXPECT_NE(world.served_by_nginx(), before);
  auto health = world.run_json({"db", "check"});
  EXPECT_TRUE(health["ok"]) << health.dump(2);
  EXPECT_EQ(health["keys"].get<int>(), keys.get<int>() + 1) << "the account kept its key";
  EXPECT_EQ(world.run_json({"account", "show"})["account"]["status"], "valid");
}

}  // namespace
}  // namespace certmgr::e2e
