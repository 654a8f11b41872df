// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "adapters/store/account_store.h"
#include "adapters/store/alarm_store.h"
#include "adapters/store/ca_memory_store.h"
#include "adapters/store/certificate_store.h"
#include "adapters/store/database.h"
#include "adapters/store/deployment_store.h"
#include "adapters/store/event_log.h"
#include "adapters/store/order_store.h"
#include "adapters/store/overview.h"
#include "adapters/store/sealed_keyring.h"
#include "adapters/store/server_store.h"
#include "adapters/store/store_inspector.h"
#include "adapters/store/task_queue.h"

namespace certmgr::store::testing {

/// Removed with all it holds.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

class FixedClock : public Clock {
 public:
  [[nodiscard]] Instant now() const override { return at; }
  [[nodiscard]] double jitter() override { return 0; }
  Instant at{std::chrono::milliseconds(1'800'000'000'123)};
};

/// A store with everything on it. The ports are what tests use: another adapter has to pass the same tests.
struct Bench {
  explicit Bench(const std::string& path, const std::string& key_source = "none");

  FixedClock clock;
  Database database;
  SealedKeyring keyring;

 private:
  SqliteCertificateStore certificate_store_{database, clock};
  SqliteOrderStore order_store_{database, clock};
  SqliteServerStore server_store_{database, clock};
  SqliteDeploymentStore deployment_store_{database, clock};
  SqliteAccountStore account_store_{database, clock};
  SqliteEventLog event_log_{database, clock};
  SqliteStoreInspector store_inspector_{database, keyring};
  SqliteOverview overview_{database};
  SqliteTaskQueue task_queue_{database};
  SqliteAlarmStore alarm_store_{database, clock};
  SqliteCaMemory ca_memory_{database};

 public:
  CertificateStore& certificates = certificate_store_;
  OrderStore& orders = order_store_;
  ServerStore& servers = server_store_;
  DeploymentStore& deployments = deployment_store_;
  AccountStore& accounts = account_store_;
  EventLog& events = event_log_;
  StoreInspector& inspector = store_inspector_;
  Overview& overview = overview_;
  TaskQueue& tasks = task_queue_;
  AlarmStore& alarms = alarm_store_;
  CaMemory& memory = ca_memory_;

  SealedKey make_key(const std::string& purpose = "certificate");
  Certificate make_certificate(const std::string& label);
  Server make_server(const std::string& name);
  Order open_order(const Certificate& certificate);
  /// Takes the order through Ordering (with a new key) and Verifying to Issued.
  Version issue(const Certificate& certificate);
};

EventDraft event(const std::string& kind, const std::string& subject);
CertificateSpec spec(const std::string& label);
Server server(const std::string& name);
ChainFacts facts(const std::string& fingerprint);
Trouble trouble(const std::string& code);
Deployment deployment(const Version& version, const Server& server);

/// The trouble of the Failure that `work` throws; a test failure if it throws none.
Trouble failure_of(const std::function<void()>& work);

/// Runs any statement on the store, past all ports.
void sql(Database& database, const std::string& statement);
std::string sql_value(Database& database, const std::string& query);

std::string read_file(const std::string& path);
void write_file(const std::string& path, const std::string& content);
unsigned mode_of(const std::string& path);

/// Runs `work` in a child of its own and gives its exit code, or -signal.
int in_child(const std::function<int()>& work);

}  // namespace certmgr::store::testing
