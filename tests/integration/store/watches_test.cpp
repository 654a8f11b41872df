// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "adapters/store/watch_store.h"
#include "integration/store/stores_fixture.h"

namespace certmgr::store {
namespace {

using namespace std::chrono_literals;
using testing::event;
using testing::failure_of;
using ::testing::HasSubstr;
using testing::sql;
using testing::sql_value;

class Watches : public testing::Stores {
 protected:
  SqliteWatchStore watch_store_{bench_.database, bench_.clock};
  WatchStore& watches_ = watch_store_;
  Server sip_ = bench_.make_server("sip");
  Certificate pbx_ = bench_.make_certificate("pbx");

  void attach() { bench_.certificates.attach(pbx_.id, sip_.id, event("certificate.attached", "pbx")); }
  TaskRef task() const { return {TaskKind::watch, sip_.id}; }
  Watch looked_at() {
    Watch watch;
    watch.server_id = sip_.id;
    watch.state = WatchState::wrong;
    watch.served = {{"tls://h:5061", "abc", "h.example", "Some CA", bench_.clock.now(), ""},
                    {"tls://h:5062", "", "", "", Instant{}, "connection refused"}};
    watch.checked_at = bench_.clock.now();
    watch.wake_at = bench_.clock.now() + 1h;
    watch.unreachable_looks = 1;
    watch.failures = 2;
    watch.repairs = 3;
    watch.judged_deployment = 4;
    return watch;
  }
  Deployment open(const Version& version, const std::string& reason = "issue") {
    Deployment wanted = testing::deployment(version, sip_);
    wanted.reason = reason;
    return bench_.deployments.open_deployment(wanted, event("deployment.pending", "pbx"));
  }
  Deployment end(Deployment deployment, DeploymentState state) {
    deployment.state = std::move(state);
    return bench_.deployments.save_deployment(deployment, event("deployment.ended", "pbx"));
  }
  void put_to_sleep() { watches_.save_watch(looked_at(), std::nullopt); }
};

TEST_F(Watches, begin_with_the_first_certificate_on_a_server) {
  EXPECT_FALSE(watches_.watch(sip_.id));
  EXPECT_EQ(claim(task()).result, ClaimResult::gone);
  attach();
  Watch fresh;
  fresh.server_id = sip_.id;
  EXPECT_EQ(watches_.watch(sip_.id), fresh);
  EXPECT_EQ(claim(task()).result, ClaimResult::claimed);
  EXPECT_EQ(sql_value(bench_.database, "SELECT lane || ' ' || party FROM tasks WHERE kind = 'watch'"),
            "watch:" + std::to_string(sip_.id) + " watch");
  put_to_sleep();
  attach();
  EXPECT_EQ(claim(task()).result, ClaimResult::not_due) << "attached already, nothing is new";
  expect_sound();
}

TEST_F(Watches, come_back_as_they_were_saved) {
  attach();
  const Watch watch = looked_at();
  const std::size_t events = event_count();
  watches_.save_watch(watch, std::nullopt);
  EXPECT_EQ(watches_.watch(sip_.id), watch);
  EXPECT_EQ(event_count(), events);
  EXPECT_EQ(claim(task()).due_at, watch.wake_at);
  watches_.save_watch(watch, event("watch.wrong", "sip"));
  EXPECT_EQ(event_count(), events + 1);
  expect_sound();
}

TEST_F(Watches, are_woken_by_the_end_of_a_deployment) {
  const Version version = bench_.issue(pbx_);
  const DeploymentState ends[] = {Verified{bench_.clock.now()}, RolledBack{testing::trouble("hook_failed")},
                                  DeployFailed{testing::trouble("hook_failed")}};
  attach();
  for (const auto& state : ends) {
    const Deployment deployment = open(version);
    put_to_sleep();
    Deployment staged = deployment;
    staged.state = Staged{};
    staged = bench_.deployments.save_deployment(staged, event("deployment.staged", "pbx"));
    EXPECT_EQ(claim(task()).result, ClaimResult::not_due) << name_of(state);
    end(staged, state);
    EXPECT_EQ(claim(task()).result, ClaimResult::claimed) << name_of(state);
  }
  expect_sound();
}

TEST_F(Watches, are_made_by_the_end_of_a_deployment_where_there_was_none) {
  end(open(bench_.issue(pbx_)), Verified{bench_.clock.now()});
  EXPECT_TRUE(watches_.watch(sip_.id));
  EXPECT_EQ(claim(task()).result, ClaimResult::claimed);
  expect_sound();
}

TEST_F(Watches, end_with_their_server) {
  attach();
  const Deployment open_one = open(bench_.issue(pbx_));
  bench_.servers.remove_server(sip_.id, event("server.removed", "sip"));
  EXPECT_FALSE(watches_.watch(sip_.id));
  EXPECT_EQ(claim(task()).result, ClaimResult::gone);
  watches_.save_watch(looked_at(), std::nullopt);
  EXPECT_FALSE(watches_.watch(sip_.id)) << "a look that was under way brings nothing back";
  end(open_one, DeployFailed{testing::trouble("server_removed")});
  EXPECT_FALSE(watches_.watch(sip_.id)) << "nor does a deployment";
  EXPECT_EQ(claim(task()).result, ClaimResult::gone);
  expect_sound();
}

TEST_F(Watches, never_deploy_an_old_version_over_a_new_one) {
  attach();
  const Version old = bench_.issue(pbx_);
  end(open(old), Verified{bench_.clock.now()});
  EXPECT_EQ(open(old, "repair").reason, "repair");
  end(*bench_.deployments.last_deployment(pbx_.id, sip_.id), Verified{bench_.clock.now()});
  const Version newer = bench_.issue(pbx_);
  const std::size_t events = event_count();
  for (const char* reason : {"retry", "repair"})
    EXPECT_EQ(failure_of([&] { open(old, reason); }).code, "conflict") << reason;
  EXPECT_EQ(event_count(), events);
  EXPECT_EQ(open(old, "manual").version_id, old.id) << "a person may";
  EXPECT_EQ(open(newer, "retry").version_id, newer.id);
  expect_sound();
}

TEST_F(Watches, that_cannot_be_read_are_reported) {
  attach();
  put_to_sleep();
  for (const char* damage : {"payload = '{}'", "payload = '{\"v\":1,\"wake_at\":1}'", "payload = 'x'"}) {
    sql(bench_.database, std::string("UPDATE watches SET ") + damage);
    EXPECT_EQ(failure_of([&] { static_cast<void>(watches_.watch(sip_.id)); }).code, "store_corrupt")
        << damage;
    EXPECT_THAT(bench_.inspector.check().findings,
                ::testing::Contains(HasSubstr("the watch over server " + std::to_string(sip_.id))))
        << damage;
  }
  watches_.save_watch(looked_at(), std::nullopt);
  sql(bench_.database, "DELETE FROM tasks WHERE kind = 'watch'");
  EXPECT_THAT(bench_.inspector.check().findings,
              ::testing::ElementsAre("nobody looks after server " + std::to_string(sip_.id)));
}

}  // namespace
}  // namespace certmgr::store
