// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "adapters/names/idna_encoder.h"
#include "adapters/store/account_store.h"
#include "adapters/store/certificate_store.h"
#include "adapters/store/deployment_store.h"
#include "adapters/store/order_store.h"
#include "adapters/store/sealed_keyring.h"
#include "adapters/store/server_store.h"
#include "adapters/store/store_inspector.h"
#include "adapters/store/task_queue.h"
#include "certmgr/services/certificate_desk.h"
#include "certmgr/services/deployment_runner.h"
#include "fake_ca.h"
#include "fake_server.h"
#include "lab/temp_dir.h"
#include "platform/system_clock.h"

namespace certmgr::test {

/// Crashes (by an exception nobody expects) at the n-th of one kind of moment: before or after an order or a
/// deployment has reached the disk, or when the CA has done what it was asked and its answer is lost.
struct CrashPlan {
  enum class Moment { before_save, after_save, lost_answer };
  Moment moment = Moment::before_save;
  int at = 0;  // 0: never
  int passed = 0;
  bool crashed = false;
  void pass(Moment now);
  /// Somebody else's turn: the moment a version is in the store, and before a deployment is opened.
  std::function<void()> when_issued;
  std::function<void()> before_opening;
};

struct Crash {};

/// One run of the program on a store: everything but the outside world, which outlives it.
class Process {
 public:
  Process(const std::string& store_path, FakeConnector& connector, FakeServer& server, FakeSolver& solver,
          CrashPlan& plan);
  ~Process();
  IssueReport issue(const IssueRequest& request);
  IssueReport renew(const std::string& label);
  StoreHealth check();
  void register_server();
  std::vector<Version> versions(const std::string& label);
  /// What the daemon does about the certificate that was just issued: its renewal's step opens deployments...
  void look_after(const std::string& label);
  /// Something has happened that may concern it.
  void wake_renewal(const std::string& label);
  bool renewal_is_due(const std::string& label);
  /// ... and these are worked on until nothing is due.
  void deploy_what_is_due();
  std::vector<Deployment> deployments();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

class SilentProgress final : public Progress {
 public:
  void step(const std::string&, const std::string&) override {}
  void warn(const std::string&, const std::string&) override {}
};

/// What outlives a process: the store's folder, the CA, the server.
struct World {
  lab::TempDir folder;
  FakeConnector connector;
  FakeServer server;
  FakeSolver solver;
  CrashPlan plan;
  World() {
    ca().answered = [this] { plan.pass(CrashPlan::Moment::lost_answer); };
  }
  std::unique_ptr<Process> start() {
    return std::make_unique<Process>((folder / "certmgr.db").string(), connector, server, solver, plan);
  }
  FakeCa& ca() { return *connector.ca; }
};

IssueRequest request_for(std::vector<std::string> names, std::vector<std::string> servers = {});

}  // namespace certmgr::test
