// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "adapters/store/alarm_store.h"
#include "adapters/store/certificate_store.h"
#include "adapters/store/deployment_store.h"
#include "adapters/store/event_log.h"
#include "adapters/store/order_store.h"
#include "adapters/store/renewal_info_store.h"
#include "adapters/store/revocation_store.h"
#include "adapters/store/sealed_keyring.h"
#include "adapters/store/server_store.h"
#include "adapters/store/store_inspector.h"
#include "adapters/store/task_queue.h"
#include "adapters/store/watch_store.h"
#include "certmgr/services/alarm_desk.h"
#include "certmgr/services/deployment_runner.h"
#include "certmgr/services/renewal_info_runner.h"
#include "certmgr/services/revocation_runner.h"
#include "certmgr/services/watch_runner.h"
#include "fake_ca.h"
#include "fake_server.h"
#include "lab/temp_dir.h"

namespace certmgr::test {

class MovedClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override { return at; }
  double jitter() override { return 0; }
  Instant at{std::chrono::seconds(1'800'000'000)};
};

class NoChannels final : public Notifier {
 public:
  [[nodiscard]] std::vector<std::string> channels() const override { return {}; }
  [[nodiscard]] bool wants(const std::string&, AlarmKind) const override { return false; }
  Result<void> send(const std::string&, const Notice&) override { return {}; }
};

/// Looks at the fake server, unless it is down. May do something during the look.
class Eyes final : public TlsProber {
 public:
  explicit Eyes(FakeServer& server) : server_(server) {}
  bool down = false;
  int looks = 0;
  Instant not_after{std::chrono::seconds(4'000'000'000)};  // of whatever is presented
  std::string asked;                                       // the name, at the last look
  std::function<void()> meanwhile;
  Served probe(const VerifyTarget& target, const std::string& sni, Duration limit) override;

 private:
  FakeServer& server_;
};

/// Says what the test wants.
class FakeLists final : public RevocationSource {
 public:
  Result<RevocationAnswer> answer = RevocationAnswer{};
  int asked = 0;
  Result<RevocationAnswer> ask(const std::string&) override {
    ++asked;
    return answer;
  }
};

/// A store with one certificate that was deployed to one server, and the runners that look after both. Time
/// passes when the test says so.
class UpkeepWorld : public testing::Test {
 protected:
  UpkeepWorld();
  Version issue();
  void deploy(const Version& version, const std::string& reason = "issue");
  /// Works on everything that is due, in the order of time, until nothing is for `length`.
  void pass(Duration length);
  /// Somebody restores a backup and reloads.
  void change_back();
  std::set<std::string> alarms();
  /// Kinds, oldest first, of what happened since the last call.
  std::vector<std::string> news();
  Deployment last();
  std::vector<Deployment> all_deployments();
  Watch watch() { return watches_.watch(server_.id).value(); }

  lab::TempDir folder_;
  MovedClock clock_;
  store::Database database_;
  store::SealedKeyring keyring_;
  store::SqliteCertificateStore certificates_{database_, clock_};
  store::SqliteOrderStore orders_{database_, clock_};
  store::SqliteServerStore servers_{database_, clock_};
  store::SqliteDeploymentStore deployments_{database_, clock_};
  store::SqliteWatchStore watches_{database_, clock_};
  store::SqliteRevocationStore revocations_{database_, clock_};
  store::SqliteRenewalInfoStore renewal_infos_{database_, clock_};
  store::SqliteAlarmStore alarm_store_{database_, clock_};
  store::SqliteEventLog events_{database_, clock_};
  store::SqliteTaskQueue queue_{database_};
  store::SqliteStoreInspector inspector_{database_, keyring_};
  FakeServer pbx_;
  Eyes eyes_{pbx_};
  FakeLists lists_;
  FakePublicCa public_ca_;
  NoServerSeal seal_;
  NoChannels notifier_;
  AlarmDesk desk_{alarm_store_, notifier_};
  DeploymentRunner deployer_{deployments_, certificates_, servers_, keyring_, pbx_,
                             pbx_,         eyes_,         seal_,    clock_,   DeployLimits{}};
  WatchRunner watcher_{{watches_, servers_, certificates_, deployments_, eyes_, desk_, clock_}};
  RevocationRunner asker_{{lists_, revocations_, certificates_, desk_, clock_}};
  RenewalInfoRunner renewal_asker_{{public_ca_, renewal_infos_, certificates_, orders_, clock_}};
  Certificate certificate_;
  Server server_;

  /// One step of each task that is due; false if there was none.
  bool work_once();

 private:
  std::int64_t seen_ = 0;
};

}  // namespace certmgr::test
